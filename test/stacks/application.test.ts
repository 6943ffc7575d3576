import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { synthesize } from '../../lib/index.js';
import { findApplication, loadApplication } from '../../stacks/application.js';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'keelson-application-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(files: Record<string, string>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

const names = (file: string) => JSON.stringify({ keelson: { application: file } });
const TYPESCRIPT = `
import { defineApplication } from 'keelson';
interface Nothing {}
export default defineApplication({
  name: 'shop', domain: 'shop.example.com', contact: 'ops@example.com',
  clusters: { main: {} }, environments: { staging: { cluster: 'main' } }, services: (_: unknown): Nothing => ({}),
});`;

describe('loadApplication', () => {
  it('loads the TypeScript module that the nearest package.json above names', async () => {
    write({ 'package.json': names('src/app.ts'), 'src/app.ts': TYPESCRIPT, 'src/deep/package.json': '{}' });
    expect((await loadApplication(join(root, 'src/deep'))).name).toBe('shop');
    expect(findApplication(join(root, 'src/deep'))).toEqual({ file: join(root, 'src/app.ts'), root });
  });

  it('loads compiled JavaScript', async () => {
    const app = 'exports.default = { name: "js", definition: { name: "js", services() {} } };';
    write({ 'package.json': names('app.js'), 'app.js': app });
    expect((await loadApplication(root)).name).toBe('js');
  });

  it.each([
    [
      'nothing is named',
      { 'package.json': '{}' },
      'neither this folder nor one above has a package.json with "keelson"',
    ],
    ['package.json is broken', { 'package.json': '{' }, 'package.json: is no JSON'],
    [
      'the file is not there',
      { 'package.json': names('app.ts') },
      'keelson.application names app.ts, which does not exist',
    ],
    [
      'there is no default export',
      { 'package.json': names('app.ts'), 'app.ts': 'export const a = 1' },
      'has no default export',
    ],
    [
      'the default export is something else',
      { 'package.json': names('app.ts'), 'app.ts': 'export default [1]' },
      'its default export is an array, no application',
    ],
  ])('says what is wrong where %s', async (_, files, message) => {
    write(files as unknown as Record<string, string>);
    await expect(loadApplication(root)).rejects.toThrow(message);
  });

  it('names file and line of an exception in it', async () => {
    write({
      'package.json': names('app.ts'),
      'app.ts': "import './part';",
      'part.ts': '\n\nthrow new Error("boom");',
    });
    await expect(loadApplication(root)).rejects.toThrow(/part\.ts:3:\d+: Error: boom/);
  });

  it('names file and line of a syntax error in it', async () => {
    write({ 'package.json': names('app.ts'), 'app.ts': 'export default {\n  a: : 1,\n};' });
    await expect(loadApplication(root)).rejects.toThrow(/app\.ts/);
    await expect(loadApplication(root)).rejects.toThrow(/2:5/);
  });

  const services = (body: string) =>
    TYPESCRIPT.replace('import { define', 'import { Service, define').replace(
      'services: (_: unknown): Nothing => ({}),',
      `services: (env) => {\n${body}\n},`,
    );

  it('names file and line of an exception in the services of an environment', async () => {
    const app = services('const x: { y?: { z: number } } = {};\nx.y!.z;');
    write({ 'package.json': names('app.ts'), 'app.ts': app });
    const application = await loadApplication(root);
    expect(() => synthesize(application)).toThrow(/app\.ts:8:\d+: TypeError: .*reading 'z'/);
  });

  it('says where a name is given a second time', async () => {
    const web = "new Service(env, 'web', { image: 'example.com/web:1.0.0', ports: { http: 8080 } });";
    write({ 'package.json': names('app.ts'), 'app.ts': services(`${web}\n${web}`) });
    const application = await loadApplication(root);
    expect(() => synthesize(application)).toThrow(
      /app\.ts:8:\d+: there is a "web" in staging already; give one of the two another name/,
    );
  });

  it('lets the problems through that defineApplication finds', async () => {
    write({ 'package.json': names('app.ts'), 'app.ts': TYPESCRIPT.replace("'shop'", "'Shop'") });
    await expect(loadApplication(root)).rejects.toThrow('Application "Shop" has 1 problem');
  });
});
