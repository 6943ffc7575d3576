import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../lib/index.js';
import { install, pack, run } from '../support/packed.js';
import { ROOT } from '../support/repository.js';

/** Synthesises one service and says which kinds it became and which modules of Pulumi were loaded for it. */
const PROGRAM = `
const { stacks } = synthesize(
  defineApplication({
    name: 'hello',
    domain: 'hello.example.com',
    contact: 'ops@example.com',
    clusters: { main: {} },
    environments: { staging: { cluster: 'main' } },
    services: (env) => void new Service(env, 'web', { image: 'example.com/web:1.0.0', ports: { http: 8080 } }),
  }),
);
const kinds = stacks
  .filter(({ name }) => name === 'staging')
  .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects.map(({ kind }) => kind)));
const pulumi = Object.keys(require.cache).filter((path) => /node_modules[/\\\\]@pulumi/.test(path));
console.log(JSON.stringify({ kinds, pulumi }));
`;
const IMPORTED = 'defineApplication, Service, synthesize';

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
])('%s synthesises a service without loading Pulumi', (_kind, file, header) => {
  write(file, header + PROGRAM);
  const { kinds, pulumi } = JSON.parse(node(file)) as { kinds: string[]; pulumi: string[] };
  expect(kinds).toEqual(expect.arrayContaining(['Deployment', 'Service', 'NetworkPolicy']));
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
  const quickstart = readFileSync(join(ROOT, 'docs/quickstart.md'), 'utf8');
  for (const file of ['package.json', 'images.lock.json', 'app.ts'])
    write(file, blockAfter(quickstart, file));
  node('node_modules/keelson/bin/keelson.js', 'synth', '--out', 'manifests');
  const text = readFileSync(join(folder, 'manifests/local/hello.k8s.yaml'), 'utf8');
  const objects = loadAll(text) as KubeObject[];
  expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Ingress']));
});

/** The first fenced block after the first paragraph that begins with the file's name. */
function blockAfter(text: string, file: string): string {
  const paragraph = text.indexOf(`\n\`${file}\``);
  const block = /```\w+\n(.*?)```/s.exec(text.slice(paragraph))?.[1];
  if (paragraph < 0 || !block) throw new Error(`docs/quickstart.md shows no ${file}`);
  return block;
}
