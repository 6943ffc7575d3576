import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-graph-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In the example, for nobody in particular. */
const graph = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'bin/keelson.js'), 'graph', ...args], {
    cwd: join(ROOT, 'examples/lunch'),
    encoding: 'utf8',
    env: { ...process.env, KEELSON_USER: '' },
  });

test('Mermaid and JSON go to standard output', () => {
  const mermaid = graph('--format', 'mermaid', '--env', 'staging');
  expect(mermaid).toMatchObject({ status: 0, stderr: '' });
  expect(mermaid.stdout).toMatch(/^flowchart LR\n {2}subgraph e0\["staging"\]/);
  const { stdout } = graph('--format', 'json', '--env', 'staging');
  expect(JSON.parse(stdout)).toMatchObject({ application: 'lunch', environments: ['staging'] });
});

test('the page goes to a file, whole, and is the same on standard output', () => {
  const file = join(folder, 'deep', 'lunch.html');
  const { status, stdout } = graph('--out', file);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('lunch.html') });
  expect(readFileSync(file, 'utf8')).toBe(graph('--out', '-').stdout);
  expect(readdirSync(join(folder, 'deep'))).toEqual(['lunch.html']);
});

test('the name of the file says the format', () => {
  const file = join(folder, 'graph.mmd');
  expect(graph('web', '--deep', '--out', file).status).toBe(0);
  expect(readFileSync(file, 'utf8')).toMatch(/^flowchart LR/);
});

test.each([
  [['--env', 'stagin'], 'did you mean "staging"?'],
  [['webb'], 'did you mean "web"?'],
  [['--format', 'dot'], 'Allowed choices are html, mermaid, json'],
  [['--out', 'graph.txt'], 'end it with .html'],
  [['--out', join(__filename, 'graph.html')], 'cannot be written'],
])('%j is an error, and nothing is written', (args, message) => {
  const { status, stdout, stderr } = graph(...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(message);
  expect(existsSync(join(ROOT, 'examples/lunch/graph.txt'))).toBe(false);
});
