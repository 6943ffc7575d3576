import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as pulumi from '@pulumi/pulumi';
import { findPulumiEngine, type PulumiEngine } from '../../embedded/pulumi-engine.js';
import type { Synthesis } from '../../lib/synth.js';
import { destroyStack, previewStack, upStack } from '../../stacks/deploy.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { HelmRelease } from '../../stacks/helm-release.js';
import { KeelsonStack } from '../../stacks/keelson-stack.js';
import { exportState } from '../../stacks/state-export.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { serveEcho } from './echo-provider.js';
import './forgive-late-calls.js';
import { configMap } from './stack-bed.js';

/*
 * What a HelmRelease hands to Pulumi's plugin by the real engine: when, below whom, and with which secrets. What Helm
 * does with it is the plugin's, and nobody's here.
 */
const PASSWORD = 'c4rt-Wh33l-never-in-clear';
const TOKEN = 'gr4nd-0penin9-of-the-cluster';
const KUBECONFIG = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'main',
  contexts: [{ name: 'main', context: { cluster: 'main', user: 'ada' } }],
  clusters: [{ name: 'main', cluster: { server: 'https://cluster.example.com:6443' } }],
  users: [{ name: 'ada', user: { token: TOKEN } }],
});
const synthesis: Synthesis = {
  application: 'shop',
  stacks: [
    {
      kind: 'environment',
      name: 'dev',
      cluster: 'main',
      manifests: [
        {
          name: 'all',
          objects: [
            { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
            configMap('shop', 'settings', { a: '1' }),
          ],
        },
      ],
      secrets: [],
      urls: [],
    },
  ],
};

let folder: string;
let engine: PulumiEngine;
let echo: Awaited<ReturnType<typeof serveEcho>>;
let watch: SecretWatch;
/** Everything that the engine told. */
let told = '';

beforeAll(async () => {
  engine = await findPulumiEngine({ report: () => {} });
  folder = mkdtempSync(join(tmpdir(), 'keelson-helm-'));
  echo = await serveEcho();
  watch = SecretWatch.start();
});
afterAll(() => {
  watch?.end();
  echo?.close();
  rmSync(folder, { recursive: true, force: true });
});

function options(version: string): DeployOptions {
  mkdirSync(join(folder, 'state'), { recursive: true });
  return {
    synthesis,
    program: async () => {
      const { provider, manifests } = new KeelsonStack(synthesis, {
        kind: 'environment',
        name: 'dev',
        kubeconfig: { content: KUBECONFIG },
        protectData: false,
      });
      const team = new pulumi.ComponentResource('shop:index:Reporting', 'reporting');
      new HelmRelease(
        'reports',
        {
          repository: 'https://charts.example.com',
          chart: 'reports',
          version,
          namespace: 'shop',
          values: { database: { password: pulumi.secret(PASSWORD) }, replicas: 2 },
        },
        { provider, parent: team, dependsOn: manifests },
      );
    },
    stack: 'dev',
    workDir: folder,
    createStack: true,
    backendUrl: pathToFileURL(join(folder, 'state')).href,
    pulumiHome: join(folder, 'home'),
    env: { PULUMI_CONFIG_PASSPHRASE: 'test' },
    engine: engine.command,
    providers: { debugPort: echo.port },
    onEvent: (event) => {
      told += JSON.stringify(event);
    },
    report: (message) => {
      told += message;
    },
  };
}

test('a preview shows the release, and nothing is asked of a cluster', async () => {
  const { counts, changes } = await previewStack(options('1.2.3'));
  expect(counts.create).toBe(3);
  expect(changes.map(({ kind, name }) => `${kind} ${name}`)).toContain('Release reports');
  expect(echo.begun).toEqual([]);
});

test('it is installed once the objects that it depends on are there, the namespace first', async () => {
  await upStack(options('1.2.3'));
  expect(echo.ended).toEqual(['create Namespace/shop', 'create shop/ConfigMap/settings', 'create reports']);
  expect(echo.begun.map(({ name }) => name)).toEqual([
    'Namespace/shop',
    'shop/ConfigMap/settings',
    'reports',
  ]);
  expect(echo.begun.at(-1)?.inputs).toMatchObject({
    name: 'reports',
    chart: 'reports',
    version: '1.2.3',
    namespace: 'shop',
    repositoryOpts: { repo: 'https://charts.example.com' },
    atomic: true,
  });
  expect((await upStack(options('1.2.3'))).changes).toEqual([]);
});

test('it stands below its parent and is reached by the access of the stack', async () => {
  const { resources = [] } = (await exportState(options('1.2.3'))).deployment;
  const find = (end: string) => resources.find(({ urn }) => urn.endsWith(end));
  const release = find('::reports');
  expect(release).toMatchObject({
    urn: 'urn:pulumi:dev::shop::shop:index:Reporting$kubernetes:helm.sh/v3:Release::reports',
    parent: find('::reporting')?.urn,
  });
  expect(release?.provider?.startsWith(`${find('::cluster')?.urn}::`)).toBe(true);
});

test('another version is an update in place', async () => {
  const { counts } = await upStack(options('1.3.0'));
  expect(counts).toMatchObject({ create: 0, update: 1, replace: 0, delete: 0 });
  expect(echo.ended.at(-1)).toBe('update reports');
});

test('it is uninstalled before what it stands on goes', async () => {
  await destroyStack(options('1.3.0'));
  expect(echo.ended.slice(-3)).toEqual([
    'delete reports',
    'delete shop/ConfigMap/settings',
    'delete Namespace/shop',
  ]);
});

test('a secret in its values reaches the plugin alone: not state, events, arguments or temporary files', () => {
  const given = echo.begun.filter(({ name, inputs }) => name === 'reports' && inputs);
  expect(given.map(({ inputs }) => holds(JSON.stringify(inputs), PASSWORD))).toEqual([true, true]);
  expect(filesWith(folder, [PASSWORD, TOKEN])).toEqual([]);
  expect(told).toContain('reports');
  expect([PASSWORD, TOKEN].filter((one) => holds(told, one))).toEqual([]);
  expect(watch.placesOf([PASSWORD, TOKEN])).toEqual([]);
});
