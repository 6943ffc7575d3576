import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '../../embedded/kubernetes-provider/property-values.js';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import lunch from '../../examples/lunch/app.js';
import { synthesize } from '../../lib/index.js';
import { objectsOf } from '../support/application.js';
import { clientKeyOf } from '../support/client-key.js';
import { install, pack } from '../support/packed.js';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { K3sLikeCluster } from './k3s-like-cluster.js';
import { documented, PulumiCommandLine } from './pulumi-command.js';
import { onlyStandIn, type TestedProvider, testedProvider } from './tested-provider.js';

/*
 * The programs of docs/how-to/write-a-pulumi-program.md as another repository has them: in TypeScript, with the packed
 * package, brought up by Pulumi's own command line, the real engine and the real API server.
 */
const PAGE = 'docs/how-to/write-a-pulumi-program.md';
const FIVE_LINES = '# Write a Pulumi program of your own';
const scratch = mkdtempSync(join(tmpdir(), 'keelson-pulumi-program-'));
const project = join(scratch, 'lunch');
const synthesis = synthesize(lunch, { environments: ['local'] });

let cluster: K3sLikeCluster;
let provider: TestedProvider;
let pulumi: PulumiCommandLine;
let watch: SecretWatch;
let cookieKey = '';

const write = (file: string, heading: string, language: string) =>
  writeFileSync(join(project, file), documented(PAGE, heading, language).join('\n'));

async function run(...lines: readonly string[]): Promise<string> {
  let all = '';
  for (const line of lines) {
    const { status, output } = await pulumi.run(line);
    if (status !== 0) throw new Error(`${line}: exit code ${status}\n${output}`);
    all += output;
  }
  return all;
}

/** Makes a stack and says what it is and where its cluster. */
const init = (stack: string, kind: 'cluster' | 'environment') =>
  run(
    `pulumi stack init ${stack}`,
    ...[
      `kind ${kind}`,
      `${kind} local`,
      'kubeconfig kubeconfig.yaml',
      `context ${cluster.cluster.context}`,
      'protectData false',
    ].map((setting) => `pulumi config set --stack ${stack} keelson:${setting}`),
  );

beforeAll(async () => {
  mkdirSync(project);
  for (const file of ['app.ts', 'images.lock.json'])
    cpSync(join(ROOT, 'examples/lunch', file), join(project, file));
  writeFileSync(join(project, 'package.json'), '{"name":"their-own","private":true}');
  write('Pulumi.yaml', FIVE_LINES, 'yaml');
  install(pack(scratch), project);
  mkdirSync(join(project, 'node_modules/@pulumi'));
  for (const name of ['@pulumi/pulumi', 'typescript'])
    symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name));
  cluster = await K3sLikeCluster.start(join(scratch, 'cluster'));
  cpSync(cluster.cluster.kubeconfig, join(project, 'kubeconfig.yaml'));
  const engine = await findPulumiEngine({ report: () => {} });
  provider = await testedProvider(engine, cluster.cluster.server);
  watch = SecretWatch.start();
  pulumi = await PulumiCommandLine.open(project, scratch, provider);
});

afterAll(async () => {
  watch?.end();
  await provider?.close();
  await cluster?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('five lines bring cluster and environment up; a second time nothing changes', async () => {
  write('index.ts', FIVE_LINES, 'ts');
  expect(documented(PAGE, FIVE_LINES, 'ts')).toHaveLength(5);
  await init('local-cluster', 'cluster');
  await init('local', 'environment');
  await run(
    "openssl rand -hex 32 | pulumi config set --secret --stack local --path 'keelson:secrets.web.cookie-key'",
    'pulumi up --yes --stack local-cluster',
    'pulumi up --yes --stack local',
  );
  for (const object of objectsOf(synthesis)) expect(await cluster.find(object)).toBeDefined();
  const again = await run('pulumi up --yes --skip-preview --expect-no-changes --stack local');
  expect(again).toContain('https://www.lunch.localhost');
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'web', namespace: 'local' } };
  cookieKey = Buffer.from(text(await cluster.find(secret), 'data', 'cookie-key'), 'base64').toString();
});

test('objects of their own stand beside it, and give back what they set', async () => {
  const coredns = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace: 'kube-system' },
  };
  await cluster.create(coredns);
  write('index.ts', 'Objects of your own', 'ts');
  await run('pulumi up --yes --skip-preview --stack local');
  expect(await cluster.find(coredns)).toMatchObject({ metadata: { labels: { team: 'lunch' } } });
  const settings = { ...coredns, metadata: { name: 'settings', namespace: 'default' } };
  expect(await cluster.find(settings)).toMatchObject({ data: { theme: 'dark' } });
  write('index.ts', FIVE_LINES, 'ts');
  await run('pulumi up --yes --skip-preview --stack local');
  expect((await cluster.find(coredns))?.metadata).not.toHaveProperty('labels');
  expect(await cluster.find(settings)).toBeUndefined();
});

test('a Helm chart needs the real plugin, which the stand-in says before anything changes', async () => {
  if (onlyStandIn(provider, 'the refusal of a Helm release')) return;
  write('index.ts', 'A chart of somebody else beside it', 'ts');
  const { status, output } = await pulumi.run('pulumi up --yes --stack local');
  expect(status).not.toBe(0);
  expect(output).toContain('a Helm release needs the real plugin: pulumi plugin install resource kubernetes');
  write('index.ts', FIVE_LINES, 'ts');
  await run('pulumi up --yes --skip-preview --expect-no-changes --stack local');
});

test('destroy takes both away', async () => {
  await run(
    'pulumi destroy --yes --skip-preview --stack local',
    'pulumi destroy --yes --skip-preview --stack local-cluster',
  );
  for (const object of objectsOf(synthesis))
    expect(await cluster.find(object).catch(() => undefined)).toBeUndefined();
});

test('what is secret was nowhere in clear: not in state, settings, output, arguments or temporary files', () => {
  const secrets = [cookieKey, clientKeyOf(cluster.cluster.kubeconfig)];
  expect(secrets).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/.{40}/)]);
  expect(existsSync(join(pulumi.state, '.pulumi/stacks/lunch/local.json'))).toBe(true);
  const files = [pulumi.state, join(scratch, 'home'), project].flatMap((folder) =>
    filesWith(folder, secrets, 'node_modules'),
  );
  expect(files).toEqual([join(project, 'kubeconfig.yaml')]);
  expect(secrets.filter((one) => holds(pulumi.written, one))).toEqual([]);
  // Pulumi's language host hands a program its configuration so.
  expect(watch.placesOf(secrets, ['PULUMI_CONFIG'])).toEqual([]);
  expect(watch.samples).toBeGreaterThan(100);
});
