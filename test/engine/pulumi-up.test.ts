import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from '../../embedded/kubernetes-provider/property-values.js';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import lunch from '../../examples/lunch/app.js';
import { type KubeObject, synthesize } from '../../lib/index.js';
import { logicalName } from '../../stacks/object-key.js';
import { clientKeyOf } from '../support/client-key.js';
import { install, pack } from '../support/packed.js';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { K3sLikeCluster } from './k3s-like-cluster.js';
import { documented, PulumiCommandLine } from './pulumi-command.js';
import { type TestedProvider, testedProvider } from './tested-provider.js';

/*
 * Pulumi's own command line, without `keelson`: the packed package in a project of its own, with the commands that
 * the how-to shows, the real engine and the real API server.
 */
const PAGE = 'docs/how-to/deploy-to-a-cluster.md';
const scratch = mkdtempSync(join(tmpdir(), 'keelson-pulumi-up-'));
const project = join(scratch, 'lunch');
const expected = (stack: string): KubeObject[] =>
  synthesize(lunch, { environments: ['staging'] })
    .stacks.filter(({ name }) => name === stack)
    .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects));
/** A value that nothing else contains. */
const URL = 'rediss://default:b1ue-Wh4le@redis.example.com:16379';
const STACKS = ['main-cluster', 'staging'];
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'staging' } };

let cluster: K3sLikeCluster;
let provider: TestedProvider;
let pulumi: PulumiCommandLine;
let watch: SecretWatch;

/** Runs what a section of the page shows of Pulumi's commands, each with these options added. @returns their output */
async function follow(heading: string, options = '', input = ''): Promise<string> {
  let all = '';
  for (const line of documented(PAGE, heading).filter((shown) => !shown.startsWith('npx keelson'))) {
    const { status, output } = await pulumi.run(`${line} ${options}`, input);
    if (status !== 0) throw new Error(`${line}: exit code ${status}\n${output}`);
    all += output;
  }
  return all;
}

beforeAll(async () => {
  mkdirSync(project);
  for (const file of ['app.ts', 'images.lock.json', 'package.json'])
    cpSync(join(ROOT, 'examples/lunch', file), join(project, file));
  writeFileSync(
    join(project, 'Pulumi.yaml'),
    documented(PAGE, 'Make the folder a Pulumi project', 'yaml').join('\n'),
  );
  install(pack(scratch), project);
  mkdirSync(join(project, 'node_modules/@pulumi'));
  symlinkSync(join(ROOT, 'node_modules/@pulumi/pulumi'), join(project, 'node_modules/@pulumi/pulumi'));
  cluster = await K3sLikeCluster.start(join(scratch, 'cluster'));
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

test('a stack without settings is told what to set, without a stack trace', async () => {
  await pulumi.run('pulumi stack init empty');
  const { status, output } = await pulumi.run('pulumi preview --stack empty');
  expect(status).not.toBe(0);
  expect(output).toContain('The configuration of stack "empty" (keelson:…) has 1 problem:');
  expect(output).toContain(
    'kind: is missing; set it with: pulumi config set --stack empty keelson:kind cluster',
  );
  expect(output).not.toMatch(/^\s+at |unhandled exception/m);
  expect((await pulumi.run('pulumi stack rm --yes empty')).status).toBe(0);
});

test('previews before there is a cluster show every object', async () => {
  const output = await follow('Say what the stacks are');
  for (const object of STACKS.flatMap(expected)) expect(output).toContain(`${logicalName(object)} `);
  expect(output).toContain(
    'keelson:secrets.redis-cloud.url is not set; set it with: pulumi config set --secret',
  );
});

test('an up without a cluster, without its secrets, or before that of its cluster changes nothing', async () => {
  const refused = async (stack: string) => {
    const { status, output } = await pulumi.run(`pulumi up --yes --skip-preview --stack ${stack}`);
    expect(status).not.toBe(0);
    expect(output).not.toMatch(/^\s+at |unhandled exception/m);
    return output;
  };
  expect(await refused('main-cluster')).toContain('keelson:kubeconfig: is not set, so there is no cluster');
  expect(await refused('staging')).toMatch(
    /has 2 problems:[\s\S]*redis-cloud.url: is not set[\s\S]*openssl rand/,
  );
  await follow('Give the secrets', '', URL);
  expect(await refused('staging')).toContain(
    'kubeconfig: is no output of it; bring it up first: pulumi up --stack organization/lunch/main-cluster',
  );
  expect(await cluster.find(namespace)).toBeUndefined();
});

test('up brings cluster and environment up, and a second one changes nothing', async () => {
  cpSync(cluster.cluster.kubeconfig, join(project, 'kubeconfig.yaml'));
  const { context } = cluster.cluster;
  await follow('Say where the cluster is');
  await pulumi.run(`pulumi config set --stack main-cluster keelson:context ${context}`);
  await follow('Look, then apply', '--yes');
  for (const object of STACKS.flatMap(expected)) expect(await cluster.find(object)).toBeDefined();
  for (const stack of STACKS) {
    const again = await pulumi.run(`pulumi up --yes --skip-preview --expect-no-changes --stack ${stack}`);
    expect([again.status, again.output]).toEqual([0, expect.stringMatching(/\d+ unchanged/)]);
  }
  expect((await pulumi.run('pulumi stack output urls --stack staging')).output).toContain(
    'https://www.staging.lunch.example.com',
  );
});

test('what is secret is nowhere in clear: not in state, settings, output, arguments or temporary files', async () => {
  const stored = async (name: string, key: string) => {
    const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'staging' } };
    return Buffer.from(text(await cluster.find(object), 'data', key), 'base64').toString();
  };
  const clear = [await stored('redis-cloud', 'url'), await stored('web', 'cookie-key')];
  expect(clear).toEqual([URL, expect.stringMatching(/^[0-9a-f]{64}$/)]);
  const secrets = [...clear, clientKeyOf(cluster.cluster.kubeconfig)];
  for (const file of ['stacks/lunch/staging.json', 'stacks/lunch/staging.json.bak'])
    expect(existsSync(join(pulumi.state, '.pulumi', file))).toBe(true);
  expect(existsSync(join(project, 'Pulumi.staging.yaml'))).toBe(true);
  const files = [pulumi.state, join(scratch, 'home'), project].flatMap((folder) =>
    filesWith(folder, secrets, 'node_modules'),
  );
  expect(files).toEqual([join(project, 'kubeconfig.yaml')]);
  expect(secrets.filter((one) => holds(pulumi.written, one))).toEqual([]);
  // Pulumi's language host hands a program its configuration so.
  expect(watch.placesOf(secrets, ['PULUMI_CONFIG'])).toEqual([]);
});

test("the repository's own Pulumi.yaml runs its example", async () => {
  const clone = join(scratch, 'clone');
  mkdirSync(clone);
  cpSync(join(ROOT, 'Pulumi.yaml'), join(clone, 'Pulumi.yaml'));
  for (const name of ['dist', 'examples', 'node_modules', 'package.json'])
    symlinkSync(join(ROOT, name), join(clone, name));
  const own = await PulumiCommandLine.open(clone, join(scratch, 'own'), provider);
  for (const command of [
    'stack init local',
    'config set keelson:kind environment',
    'config set keelson:environment local',
  ])
    expect((await own.run(`pulumi ${command}`)).status).toBe(0);
  const { status, output } = await own.run('pulumi preview');
  expect([status, output]).toEqual([0, expect.stringContaining('local/Deployment/web ')]);
});

test('destroy takes the environment away; the cluster only once its protection is off', async () => {
  await follow('Take an environment away', '--yes --skip-preview');
  expect(
    await cluster.find({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'staging' },
    }),
  ).toBeUndefined();
  // Its preview is what refuses it before anything goes.
  const refused = await pulumi.run('pulumi destroy --yes --stack main-cluster');
  expect([refused.status, refused.output]).toEqual([1, expect.stringMatching(/protect/)]);
  for (const object of expected('main-cluster')) expect(await cluster.find(object)).toBeDefined();
  const [unprotect = '', ...commands] = documented(PAGE, "Take the cluster's stack away");
  for (const command of [unprotect, ...commands.map((line) => `${line} --yes --skip-preview`)])
    expect(await pulumi.run(command)).toMatchObject({ status: 0 });
  expect(await cluster.find(namespace)).toBeUndefined();
});
