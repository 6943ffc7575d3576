import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { list, type Properties, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { upStack } from '../../stacks/deploy.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { runEngine } from '../../stacks/engine-command.js';
import { ProviderBed } from './kubernetes-provider-bed.js';

/* Which objects a stack takes back that its state does not have, with the real engine and the real API server. */
const OWNER = 'keelson.dev/stack';
const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const map = (name: string, data: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});
const deployment = (nodeSelector: Record<string, string>): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { nodeSelector, containers: [{ name: 'web', image: 'example.com/web:1' }] },
    },
  },
});
const maps = '/api/v1/namespaces/shop/configmaps';
const web = '/apis/apps/v1/namespaces/shop/deployments/web';

let bed: ProviderBed;
const told: string[] = [];

const options = (objects: readonly KubeObject[]): DeployOptions => {
  const workDir = join(bed.folder, 'project');
  mkdirSync(join(workDir, 'state'), { recursive: true });
  return {
    synthesis: {
      application: 'shop',
      stacks: [
        {
          kind: 'environment',
          name: 'dev',
          cluster: 'main',
          manifests: [{ name: 'shop', objects: [namespace, ...objects] }],
          secrets: [{ name: 'key', namespace: 'shop', keys: ['k'], generate: true }],
          urls: [],
        },
      ],
    },
    stack: 'dev',
    settings: {
      kind: 'environment',
      name: 'dev',
      kubeconfig: { file: bed.cluster.kubeconfig, context: bed.cluster.context },
      protectData: false,
    },
    workDir,
    createStack: true,
    backendUrl: pathToFileURL(join(workDir, 'state')).href,
    pulumiHome: join(workDir, 'home'),
    env: { PULUMI_CONFIG_PASSPHRASE: 'test' },
    engine: bed.engine.command,
    providers: { debugPort: bed.provider.port },
    generateSecrets: true,
    report: (message) => told.push(message),
  };
};

/** The engine that this process started for the stack. */
function engine(): number {
  const lines = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const own = lines
    .map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [])
    .find(([, , parent, args = '']) => Number(parent) === process.pid && /pulumi\S* up /.test(args));
  return Number(own?.[1]);
}

/** Kills the engine while the Deployment is on the API server and not in the state: it never becomes ready. */
async function killBetweenCreateAndCheckpoint(): Promise<void> {
  const running = expect(upStack(options([deployment({ zone: 'nowhere' })]))).rejects.toThrow(/killed/);
  while ((await bed.find(web)) === undefined) await sleep(50);
  process.kill(engine(), 'SIGKILL');
  await running;
}

const forget = (name: string) => {
  const urn = `urn:pulumi:dev::shop::keelson:kubernetes:ClusterManifests$keelson:kubernetes:Manifest$kubernetes:core/v1:${name}`;
  return runEngine(['state', 'delete', urn, '--yes'], options([]));
};

beforeAll(async () => {
  bed = await ProviderBed.start();
});
afterAll(() => bed?.stop());
beforeEach(() => {
  told.length = 0;
});

test('what an engine made that was killed before it noted it is taken back', async () => {
  await killBetweenCreateAndCheckpoint();
  const uid = text(await bed.find(web), 'metadata', 'uid');
  await upStack(options([deployment({})]));
  expect(told).toContainEqual(expect.stringMatching(/this stack's own: .*Deployment shop\/web/));
  expect(text(await bed.find(web), 'metadata', 'uid')).toBe(uid);
  expect((await upStack(options([deployment({})]))).changes).toEqual([]);
});

test('what the state has lost is taken back by its annotation, a Secret too', async () => {
  await upStack(options([map('a', { greeting: 'hello' })]));
  await forget('ConfigMap::shop/ConfigMap/a');
  await forget('Secret::shop/Secret/key');
  const { counts } = await upStack(options([map('a', { greeting: 'good day' })]));
  expect(told).toContainEqual(expect.stringMatching(/this stack's own: .*ConfigMap shop\/a/));
  expect(counts).toMatchObject({ create: 0, replace: 0 });
  expect(text(await bed.find(`${maps}/a`), 'data', 'greeting')).toBe('good day');
  expect((await upStack(options([map('a', { greeting: 'good day' })]))).changes).toEqual([]);
});

test("somebody else's object is refused and left alone, until it is annotated as the error says", async () => {
  const foreign = await bed.client.request('POST', maps, {
    body: map('b', { greeting: 'hello' }) as unknown as Properties,
    query: { fieldManager: 'somebody' },
    signal: new AbortController().signal,
  });
  const ours = (greeting: string) => options([map('a', { greeting: 'good day' }), map('b', { greeting })]);
  await expect(upStack(ours('hello'))).rejects.toThrow(
    `kubectl --namespace shop annotate ConfigMap b ${OWNER}=shop/dev, then again`,
  );
  expect(await bed.find(`${maps}/b`)).toEqual(foreign);
  await bed.meddle('PATCH', `${maps}/b`, { metadata: { annotations: { [OWNER]: 'shop/dev' } } });
  // What somebody else wrote is not overwritten in passing.
  await expect(upStack(ours('good day'))).rejects.toThrow(/\.data\.greeting: conflict with "somebody"/);
  expect(text(await bed.find(`${maps}/b`), 'data', 'greeting')).toBe('hello');
  await upStack(ours('hello'));
  expect(text(await bed.find(`${maps}/b`), 'metadata', 'uid')).toBe(text(foreign, 'metadata', 'uid'));
  expect((await upStack(ours('hello'))).changes).toEqual([]);
});

test("another stack's object that came meanwhile is not taken for what a killed engine made", async () => {
  await upStack(options([]));
  await killBetweenCreateAndCheckpoint();
  const mine = await bed.find(web);
  await bed.meddle('PATCH', web, { metadata: { annotations: { [OWNER]: 'shop/production' } } });
  await expect(upStack(options([deployment({})]))).rejects.toThrow(
    'Deployment shop/web: is in the cluster already',
  );
  const left = await bed.find(web);
  expect(text(left, 'metadata', 'uid')).toBe(text(mine, 'metadata', 'uid'));
  expect(text(left, 'spec', 'template', 'spec', 'nodeSelector', 'zone')).toBe('nowhere');
  const state = JSON.parse(await runEngine(['stack', 'export'], options([])));
  expect(list(state, 'deployment', 'resources').map(({ type }) => type)).not.toContain(
    'kubernetes:apps/v1:Deployment',
  );
});
