import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '../../embedded/kubernetes-provider/property-values.js';
import { findPulumiEngine, type PulumiEngine } from '../../embedded/pulumi-engine.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { refreshStack, upStack } from '../../stacks/deploy.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { runEngine } from '../../stacks/engine-command.js';
import { resourceName } from '../../stacks/resource-name.js';
import type { Checkpoint } from '../../stacks/state-export.js';
import { openStack } from '../../stacks/workspace.js';
import { clientKeyOf } from '../support/client-key.js';
import { filesWith } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { copyRelease, RELEASE, runOptions, STACKS } from '../upgrade/release.js';
import './forgive-late-calls.js';
import { K3sLikeCluster } from './k3s-like-cluster.js';
import { standIn, type TestedProvider } from './tested-provider.js';

/*
 * A state that an earlier release wrote, with its objects put on a cluster as that release made them, in the hands of
 * today's `up`: real engine, real API server.
 */
const folder = mkdtempSync(join(tmpdir(), 'keelson-upgrade-up-'));
let cluster: K3sLikeCluster;
let engine: PulumiEngine;
let provider: TestedProvider;
let watch: SecretWatch;
const uids = new Map<string, string>();

beforeAll(async () => {
  engine = await findPulumiEngine({ report: () => {} });
  cluster = await K3sLikeCluster.start(join(folder, 'cluster'));
  provider = await standIn(
    cluster.cluster.server,
    'the recorded cluster is gone, and the real plugin makes everything anew on another',
  );
  copyRelease(RELEASE, folder);
  // Makes the folder a project, in which the engine finds its stacks.
  await openStack(options('staging'), async () => {});
  for (const object of (await Promise.all(STACKS.map(recorded))).flat())
    uids.set(keyOf(object), text(await cluster.create(object, 'keelson'), 'metadata', 'uid'));
  watch = SecretWatch.start();
});
afterAll(async () => {
  watch?.end();
  await provider?.close();
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function options(stack: (typeof STACKS)[number]): DeployOptions {
  const { kubeconfig, context } = cluster.cluster;
  return runOptions(stack, folder, engine, { kubeconfig, context, providers: provider.providers });
}

/** What the release applied, in its order, with its secrets in clear. */
async function recorded(stack: (typeof STACKS)[number]): Promise<KubeObject[]> {
  const state = await runEngine(['stack', 'export', '--show-secrets'], options(stack));
  const opened = JSON.parse(state, (_, value) =>
    typeof value?.plaintext === 'string' ? JSON.parse(value.plaintext) : value,
  ) as Checkpoint;
  return (opened.deployment.resources ?? [])
    .filter(({ urn }) => resourceName(urn).isObject)
    .map(({ inputs }) => inputs as KubeObject);
}

const keyOf = ({ kind, metadata: { name, namespace } }: KubeObject) => `${kind} ${namespace}/${name}`;

/** Each object is the one that was put there. */
async function expectTheSame(stack: (typeof STACKS)[number]): Promise<void> {
  const objects = await recorded(stack);
  const now = await Promise.all(
    objects.map(async (object) => text(await cluster.find(object), 'metadata', 'uid')),
  );
  expect(now).toEqual(objects.map((object) => uids.get(keyOf(object))));
}

test.each(STACKS)('%s: the first up takes every object as it is', async (stack) => {
  const { counts } = await upStack(options(stack));
  expect(counts).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  expect(counts.same).toBeGreaterThan(15);
  await expectTheSame(stack);
});

test.each(STACKS)(
  '%s: a refresh finds nothing gone, and an up after it makes nothing anew',
  async (stack) => {
    expect((await refreshStack(options(stack))).counts).toMatchObject({ delete: 0 });
    expect((await upStack(options(stack))).counts).toMatchObject({ create: 0, replace: 0, delete: 0 });
    await expectTheSame(stack);
  },
);

test('a change reaches the objects of the last release in place', async () => {
  const before = options('staging');
  const synthesis = JSON.parse(
    JSON.stringify(before.synthesis).replaceAll('vessel/app:1.0.0', 'vessel/app:1.1.0'),
  );
  const { counts, changes } = await upStack({ ...before, synthesis });
  expect(counts).toMatchObject({ create: 0, replace: 0, delete: 0 });
  expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
    expect.arrayContaining([
      'Deployment staging/web',
      'StatefulSet staging/database',
      'CronJob staging/report',
    ]),
  );
  const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'staging' } };
  expect(await cluster.find(web)).toMatchObject({
    spec: { template: { spec: { containers: [{ image: 'registry.example.com/vessel/app:1.1.0' }] } } },
  });
  await expectTheSame('staging');
});

test('nothing secret was written in clear: not to state, settings, arguments, environments or temporary files', async () => {
  const objects = (await Promise.all(STACKS.map(recorded))).flat();
  const values = objects
    .filter(({ kind }) => kind === 'Secret')
    .flatMap(({ data, stringData }) => [
      ...Object.values((stringData ?? {}) as Record<string, string>),
      ...Object.values((data ?? {}) as Record<string, string>).map((value) => atob(value)),
    ])
    .filter((value) => value.length > 10);
  expect(values).toHaveLength(2);
  const secrets = [clientKeyOf(cluster.cluster.kubeconfig), ...values];
  expect(filesWith(folder, secrets, 'cluster')).toEqual([]);
  expect(watch.placesOf(secrets)).toEqual([]);
});
