import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../lib/index.js';
import { fileIn, pages } from '../support/markdown.js';
import { install, pack, run } from '../support/packed.js';
import { ROOT } from '../support/repository.js';

/** Synthesises an application of every kind and says what it became and which modules of Pulumi were loaded for it. */
const PROGRAM = `
const image = 'registry.example.com/hello/app:1.0.0';
const application = defineApplication({
  name: 'hello',
  domain: 'hello.example.com',
  contact: 'ops@example.com',
  clusters: { main: {} },
  environments: { staging: { cluster: 'main' } },
  services(env) {
    const cache = new Redis(env, 'cache', { topology: 'cluster' });
    const mail = new External(env, 'mail', { host: 'api.mail.example.com' });
    const database = new StatefulService(env, 'database', {
      image,
      ports: { postgres: 5432 },
      storage: { data: { path: '/var/lib/postgresql', sizeGiB: 1 } },
      env: { POSTGRES_PASSWORD: secretRef('database', 'password', { generate: true }) },
    });
    const migrate = new Job(env, 'migrate', { image, uses: [database] });
    new Service(env, 'web', { image, ports: { http: 8080 }, host: 'www', uses: [cache], after: [migrate] });
    new Worker(env, 'mailer', { image, uses: [mail, 'web'] });
    new ScheduledJob(env, 'report', { image, schedule: '@daily', uses: [database] });
  },
});
const kindsOf = (selection) => synthesize(application, selection).stacks
  .filter(({ kind }) => kind === 'environment')
  .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects.map(({ kind }) => kind)));
const pulumi = Object.keys(require.cache).filter((path) => /node_modules[/\\\\]@pulumi/.test(path));
console.log(JSON.stringify({ whole: kindsOf({}), part: kindsOf({ services: ['report'] }), pulumi }));
`;
const IMPORTED = [
  'defineApplication',
  'External',
  'Job',
  'Redis',
  'ScheduledJob',
  'secretRef',
  'Service',
  'StatefulService',
  'synthesize',
  'Worker',
].join(', ');

let folder: string;

const node = (...args: readonly string[]) => run(process.execPath, args, folder);
const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-consumer-'));
  install(pack(folder), folder);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['CommonJS', 'main.cjs', `const { ${IMPORTED} } = require('keelson');`],
  [
    'an ES module',
    'main.mjs',
    `import { createRequire } from 'node:module';
     import { ${IMPORTED} } from 'keelson';
     const require = createRequire(import.meta.url);`,
  ],
])('%s synthesises every kind of workload without loading Pulumi', (_kind, file, header) => {
  write(file, header + PROGRAM);
  const { whole, part, pulumi } = JSON.parse(node(file)) as Record<'whole' | 'part' | 'pulumi', string[]>;
  expect(whole).toEqual(
    expect.arrayContaining(['Deployment', 'StatefulSet', 'Job', 'CronJob', 'Certificate', 'NetworkPolicy']),
  );
  expect(part).toEqual(['ServiceAccount', 'NetworkPolicy', 'CronJob']);
  expect(pulumi).toEqual([]);
});

test('the types that it brings suffice', () => {
  const types = IMPORTED.replace(/\w+/g, 'typeof $&');
  write('typed.mts', `import { ${IMPORTED} } from 'keelson';\nexport type Types = [${types}];\n`);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2023',
    types: [],
    skipLibCheck: true,
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['typed.mts'] }));
  expect(node(join(ROOT, 'node_modules/typescript/bin/tsc'))).toBe('');
}, 60_000);

test('what the package keeps to itself cannot be imported', () => {
  write('deep.cjs', "require('keelson/dist/lib/synth.js');");
  expect(() => node('deep.cjs')).toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test("the quickstart's application synthesises, without Pulumi installed", () => {
  const quickstart = pages().find(({ path }) => path === 'docs/quickstart.md');
  for (const file of ['package.json', 'images.lock.json', 'app.ts'])
    write(file, quickstart ? fileIn(quickstart, file) : '');
  node('node_modules/keelson/bin/keelson.js', 'synth', '--out', 'manifests');
  const text = readFileSync(join(folder, 'manifests/local/hello.k8s.yaml'), 'utf8');
  const objects = loadAll(text) as KubeObject[];
  expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Ingress']));
});

test('a verb that needs Pulumi says how to install it', () => {
  const keelson = join(folder, 'node_modules/keelson/bin/keelson.js');
  const { status, stderr } = spawnSync(process.execPath, [keelson, 'up'], { cwd: folder, encoding: 'utf8' });
  expect(stderr).toMatch(
    /^The command has 1 problem:\n {2}@pulumi\/pulumi: .*npm install @pulumi\/pulumi\n$/,
  );
  expect(status).toBe(1);
});

test('its stacks register every object of a manifest, imported in either way, once Pulumi is there', () => {
  mkdirSync(join(folder, 'node_modules/@pulumi'));
  symlinkSync(
    join(ROOT, 'node_modules/@pulumi/pulumi'),
    join(folder, 'node_modules/@pulumi/pulumi'),
    'junction',
  );
  write(
    'stack.mjs',
    `import { createRequire } from 'node:module';
     import * as pulumi from '@pulumi/pulumi';
     import { defineApplication, Service, synthesize } from 'keelson';
     import { ClusterManifests, KubernetesProvider } from 'keelson/stacks';
     const required = createRequire(import.meta.url)('keelson/stacks');
     const { stacks } = synthesize(
       defineApplication({
         name: 'hello', domain: 'hello.example.com', contact: 'ops@example.com',
         clusters: { main: {} },
         environments: { staging: { cluster: 'main' } },
         services: (env) => void new Service(env, 'web', { image: 'example.com/web:1.0.0', ports: { http: 8080 } }),
       }),
     );
     const { manifests } = stacks.find(({ name }) => name === 'staging');
     pulumi.runtime.setMocks({
       newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
       call: ({ inputs }) => inputs,
     });
     const provider = new KubernetesProvider('cluster', { kubeconfig: '{}', clusterIdentity: 'main' });
     const { resources } = new ClusterManifests('hello', { provider, manifests });
     console.log(JSON.stringify({ same: required.ClusterManifests === ClusterManifests, names: [...resources.keys()] }));`,
  );
  const { same, names } = JSON.parse(node('stack.mjs')) as { same: boolean; names: string[] };
  expect(same).toBe(true);
  expect(names).toEqual(expect.arrayContaining(['staging/Deployment/web', 'staging/Service/web']));
});
