import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { md, pki } from 'node-forge';
import { clusterFiles } from '../../embedded/control-plane/cluster-files.js';
import { installedPlugin } from '../../embedded/installed-plugin.js';
import { pulumi as versions } from '../../lib/config/versions.js';
import { clientKeyOf, withClient } from '../support/client-key.js';
import { done } from '../support/done.js';
import { ROOT } from '../support/repository.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { installStandIn } from './installed-stand-in.js';
import { K3sLikeCluster } from './k3s-like-cluster.js';
import { homeWithPluginsOf } from './plugin-home.js';
import { PulumiCommandLine, type Run } from './pulumi-command.js';

/*
 * `keelson` on a cluster of the user's own, as whole processes: the user's state and passphrase, the real engine, the
 * real API server. The engine finds and starts Pulumi's kubernetes plugin where that is installed; else the stand-in
 * under the plugin's name.
 */
const scratch = mkdtempSync(join(tmpdir(), 'keelson-own-'));
const project = join(scratch, 'project');
const home = join(scratch, 'home');
const SECRET = 'c0rrect-horse-battery';
const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'staging' } };

const APPLICATION = `import { defineApplication, secretRef, Service } from 'keelson';
import { tag } from './edits.json';

export default defineApplication({
  name: 'own',
  domain: 'own.example.com',
  contact: 'ops@example.com',
  clusters: { main: {} },
  environments: { staging: { cluster: 'main', issuer: 'self-signed' } },
  services: (env) => {
    new Service(env, 'web', {
      image: \`example.com/web:\${tag}\`,
      ports: { http: 8080 },
      host: 'www',
      env: { KEY: secretRef('web', 'key') },
    });
  },
});
`;

let cluster: K3sLikeCluster;
let pulumi: PulumiCommandLine;
let watch: SecretWatch;

function installProvider(): void {
  const plugin = installedPlugin('kubernetes', versions.kubernetesPlugin);
  process.stderr.write(
    `kubernetes provider: ${plugin?.description ?? 'the stand-in, installed as the plugin'}\n`,
  );
  if (plugin) {
    homeWithPluginsOf(plugin.pulumiHome, home);
    return;
  }
  installStandIn(home, {
    plugin: 'kubernetes',
    version: versions.kubernetesPlugin,
    module: 'dist/embedded/kubernetes-provider/index.js',
    call: `serveKubernetesProvider({ server: ${JSON.stringify(cluster.cluster.server)} })`,
  });
}

const setTag = (tag: string): void => writeFileSync(join(project, 'edits.json'), JSON.stringify({ tag }));

const keelson = (args: string, { ci = '' } = {}): Promise<Run> =>
  pulumi.run(
    `CI=${ci} KEELSON_USER= NO_COLOR=1 '${process.execPath}' '${join(ROOT, 'bin/keelson.js')}' ${args}`,
  );

/** Up some lines, and everything below away. */
const ESCAPE = '\u001b\\[';
const DRAWN = new RegExp(`${ESCAPE}\\d+A${ESCAPE}0J`);
const PARTS = new RegExp(`${ESCAPE}(\\d+)A|${ESCAPE}\\d*J|${ESCAPE}[\\d;]*m|\\r|\\n|[^\u001b\\r\\n]+`, 'g');

/** What a terminal shows in the end: the lines, without colours. */
function screenOf(output: string): string[] {
  const lines = [''];
  let row = 0;
  for (const [part = '', up] of output.matchAll(PARTS)) {
    if (up !== undefined) row = Math.max(0, row - Number(up));
    else if (part.endsWith('J')) lines.splice(row, Number.POSITIVE_INFINITY, '');
    else if (part === '\n') lines[++row] ??= '';
    else if (!part.startsWith('\u001b') && part !== '\r') lines[row] += part;
  }
  return lines;
}

/** On the command line, for a single run. */
const named = (file = cluster.cluster.kubeconfig): string =>
  `--env staging --kubeconfig '${file}' --context ${cluster.cluster.context}`;

/** The cluster's own authority signed it, and its time is over. */
function expiredKubeconfig(): string {
  const authority = (name: string) => readFileSync(clusterFiles(join(scratch, 'cluster')).pki(name), 'utf8');
  const keys = pki.rsa.generateKeyPair(2048);
  const certificate = pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '02';
  certificate.validity.notBefore = new Date('2020-01-01');
  certificate.validity.notAfter = new Date('2020-02-01');
  certificate.setSubject([
    { name: 'organizationName', value: 'system:masters' },
    { name: 'commonName', value: 'ada' },
  ]);
  certificate.setIssuer(pki.certificateFromPem(authority('ca.crt')).subject.attributes);
  certificate.setExtensions([{ name: 'extKeyUsage', clientAuth: true }]);
  certificate.sign(pki.privateKeyFromPem(authority('ca.key')), md.sha256.create());
  const file = join(scratch, 'expired.kubeconfig');
  const expired = {
    certificate: pki.certificateToPem(certificate),
    key: pki.privateKeyToPem(keys.privateKey),
  };
  writeFileSync(file, withClient(readFileSync(cluster.cluster.kubeconfig, 'utf8'), expired));
  return file;
}

beforeAll(async () => {
  mkdirSync(project);
  writeFileSync(join(project, 'app.ts'), APPLICATION);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ keelson: { application: 'app.ts' } }));
  setTag('1.0.0');
  cluster = await K3sLikeCluster.start(join(scratch, 'cluster'));
  installProvider();
  pulumi = await PulumiCommandLine.open(project, scratch, { home: () => home, environment: {} });
  watch = SecretWatch.start();
});
afterAll(async () => {
  watch?.end();
  await cluster?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

test('a preview shows everything and makes nothing', async () => {
  const output = done(await keelson(`preview ${named()}`));
  expect(output).toContain(`Cluster: context ${cluster.cluster.context} in `);
  expect(output).toMatch(/\+ create +Deployment staging\/web/);
  expect(await cluster.find(web)).toBeUndefined();
});

test('a secret that is missing is named with the command that sets it, before anything is made', async () => {
  const { status, output } = await keelson(`up --yes ${named()}`);
  expect(status).toBe(1);
  expect(output).toContain(
    "keelson:secrets.web.key: is not set; set it with: pulumi config set --secret --stack staging --path 'keelson:secrets.web.key'",
  );
  expect(await cluster.find(web)).toBeUndefined();
});

test('credentials whose time is over are told as such, and nothing is made', async () => {
  const path = "--path 'keelson:secrets.web.key'";
  done(await pulumi.run(`pulumi config set --secret --stack staging ${path}`, SECRET));
  const { status, output } = await keelson(`up --yes ${named(expiredKubeconfig())}`);
  expect([status, output]).toEqual([
    1,
    expect.stringContaining("cluster: refuses the kubeconfig's credentials; renew them"),
  ]);
  expect(await cluster.find(web)).toBeUndefined();
});

test('CI is refused where the state is a folder', async () => {
  const { status, output } = await keelson(`up --yes ${named()}`, { ci: 'true' });
  expect([status, output]).toEqual([
    1,
    expect.stringContaining('is a folder of this machine, and CI has another'),
  ]);
});

test('one up brings cluster and environment up, and a second one changes nothing', async () => {
  done(await keelson(`up --yes ${named()}`));
  expect(await cluster.find(web)).toMatchObject({ status: { readyReplicas: 2 } });
  expect(done(await keelson(`up --yes ${named()}`)).match(/Nothing to change/g)).toHaveLength(2);
});

test('by the settings of its stacks it is the same cluster', async () => {
  for (const [stack, kind, of] of [
    ['main-cluster', 'cluster', 'main'],
    ['staging', 'environment', 'staging'],
  ])
    for (const [key, value] of [
      ['kind', kind],
      [kind, of],
      ['kubeconfig', cluster.cluster.kubeconfig],
      ['context', cluster.cluster.context],
    ])
      done(await pulumi.run(`pulumi config set --stack ${stack} keelson:${key} '${value}'`));
  const output = done(await keelson('up --yes --env staging'));
  expect(output).toContain('Cluster: as the configuration of each stack says.');
  expect(output.match(/Nothing to change/g)).toHaveLength(2);
});

test('another image is one update; what somebody changed by hand is shown, and mended', async () => {
  setTag('1.0.1');
  expect(done(await keelson('up --yes --env staging')).match(/^~ updated .*/gm)).toEqual([
    expect.stringContaining('Deployment staging/web'),
  ]);
  await cluster.remove(web);
  expect(done(await keelson('refresh --env staging'))).toContain('Deployment staging/web');
  expect((await keelson(`diff live ${named()}`)).output).toMatch(/^staging: 1 created;/m);
  done(await keelson('up --yes --env staging'));
  // What plays cert-manager's webhooks has changed those of the cluster's own stack.
  expect((await keelson(`diff live ${named()}`)).output).not.toMatch(/^staging: /m);
});

test('in a terminal what is under way is drawn in place, and in the end nothing of it is left', async () => {
  setTag('1.0.2');
  const [columns, rows] = [60, 12];
  const up = `CI= KEELSON_USER= '${process.execPath}' '${join(ROOT, 'bin/keelson.js')}' up --yes --env staging`;
  const { status, output } = await pulumi.run(
    `script --quiet --return --flush --command "stty cols ${columns} rows ${rows}; ${up.replaceAll('$', '\\$')}" /dev/null`,
  );
  expect([status, output]).toEqual([0, expect.stringMatching(DRAWN)]);
  const screen = screenOf(output);
  expect(screen.join('\n')).toMatch(/^~ updated +Deployment staging\/web/m);
  expect(screen.join('\n')).not.toMatch(/ done, /);
  const progress = screen.filter((line) => /^(own: |[~+-] | {2}(updating|waiting))/.test(line));
  expect(progress.filter((line) => line.length > columns)).toEqual([]);
});

test('what is secret is nowhere in clear: not in state, settings, output, arguments or temporary files', () => {
  const secrets = [
    SECRET,
    clientKeyOf(cluster.cluster.kubeconfig),
    clientKeyOf(join(scratch, 'expired.kubeconfig')),
  ];
  for (const folder of [project, pulumi.state, home]) expect(filesWith(folder, secrets)).toEqual([]);
  expect(secrets.filter((one) => holds(pulumi.written, one))).toEqual([]);
  expect(watch.placesOf(secrets)).toEqual([]);
});

test('a destroy takes the environment away and leaves the cluster, which goes once nothing of it is protected', async () => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'staging' } };
  done(await keelson('destroy --yes --env staging'));
  expect(await cluster.find(web)).toBeUndefined();
  const destroyCluster = () => keelson('destroy --yes --delete-data --env staging --cluster');
  const refused = await destroyCluster();
  expect([refused.status, refused.output]).toEqual([1, expect.stringContaining('is protected')]);
  expect(await cluster.find(namespace)).toBeDefined();
  done(await pulumi.run('pulumi config set --stack main-cluster keelson:protectData false'));
  done(await keelson('up --yes --env staging'));
  done(await destroyCluster());
  expect(await cluster.find(namespace)).toBeUndefined();
});
