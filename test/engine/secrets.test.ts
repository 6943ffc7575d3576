import { text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { upStack } from '../../stacks/deploy.js';
import { runEngine } from '../../stacks/engine-command.js';
import { StackBed } from './stack-bed.js';

/* One secret of a stack's configuration in several namespaces, with the real engine and the real API server. */
let stacks: StackBed;
beforeAll(async () => {
  stacks = await StackBed.start();
});
afterAll(() => stacks?.stop());

const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const reader: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'reader', namespace: 'copies' },
  spec: {
    selector: { matchLabels: { app: 'reader' } },
    template: {
      metadata: { labels: { app: 'reader' } },
      spec: {
        containers: [
          {
            name: 'reader',
            image: 'x.test/reader:1',
            env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'value' } } }],
          },
        ],
      },
    },
  },
};

/** A stack with one secret in its own namespace and in others. */
const options = (...others: readonly string[]) =>
  stacks.options('copies', [...others.map(namespace), reader], {
    secrets: ['copies', ...others].map((namespace) => ({
      name: 'token',
      namespace,
      keys: ['value'],
      generate: true,
    })),
  });

async function valueIn(namespace: string): Promise<string> {
  const secret = await stacks.bed.find(`/api/v1/namespaces/${namespace}/secrets/token`);
  return Buffer.from(text(secret, 'data', 'value'), 'base64').toString();
}

test('a secret has one value in every namespace, and a changed one follows everywhere with the next up', async () => {
  const wanted = options('copies-a', 'copies-b');
  await upStack(wanted);
  const first = await valueIn('copies');
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect([await valueIn('copies-a'), await valueIn('copies-b')]).toEqual([first, first]);

  const set = ['config', 'set', '--secret', '--path', 'keelson:secrets.token.value'];
  await runEngine(set, wanted, 'changed-by-hand-51b2');
  const { changes } = await upStack(wanted);
  // Pods keep what they began with: nothing of the Deployment says what the secret is.
  expect(changes.map(({ operation, kind, name }) => `${operation} ${kind} ${name}`).sort()).toEqual([
    'update Secret copies-a/token',
    'update Secret copies-b/token',
    'update Secret copies/token',
  ]);
  const now = [await valueIn('copies'), await valueIn('copies-a'), await valueIn('copies-b')];
  expect(now).toEqual(Array.from(now, () => 'changed-by-hand-51b2'));
  expect((await upStack(wanted)).changes).toEqual([]);
});

test('a namespace that comes later gets the value of the others, one that goes loses it', async () => {
  await upStack(options('copies-a', 'copies-c'));
  expect(await valueIn('copies-c')).toBe('changed-by-hand-51b2');
  expect(await stacks.bed.find('/api/v1/namespaces/copies-b/secrets/token')).toBeUndefined();
});

test('pods restarted for a new value, as kubectl rollout restart does it, are left alone by the next up', async () => {
  const path = '/apis/apps/v1/namespaces/copies/deployments/reader';
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-11-26T05:00:00Z' };
  await stacks.bed.meddle('PATCH', path, { spec: { template: { metadata: { annotations } } } });
  expect((await upStack(options('copies-a', 'copies-c'))).changes).toEqual([]);
  expect(await stacks.bed.find(path)).toMatchObject({ spec: { template: { metadata: { annotations } } } });
});
