import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KeelsonRun, runKeelson } from '../support/keelson-runs.js';
import { machines } from '../support/machines.js';

const OTHER_KEY = `ssh-ed25519 ${'B'.repeat(68)} ben@example.com`;

/** A project whose application has these clusters. */
function project(clusters: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-user-data-'));
  const definition = {
    name: 'shop',
    domain: 'shop.example.com',
    contact: 'ops@example.com',
    clusters,
    environments: { staging: { cluster: 'main' } },
  };
  writeFileSync(
    join(folder, 'app.ts'),
    `import { defineApplication } from 'keelson';
export default defineApplication({ ...${JSON.stringify(definition)}, services: () => undefined });`,
  );
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ keelson: { application: 'app.ts' } }));
  return folder;
}

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
  readonly runcmd: readonly string[][];
}

let runs: Readonly<Record<string, KeelsonRun>>;
const run = (name: string): KeelsonRun => runs[name] ?? { status: -1, stdout: '', stderr: 'was not run' };

/** What standard output is, for doctl and the web form: the document and nothing else. */
function documentOf(name: string): CloudConfig {
  const { status, stdout, stderr } = run(name);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [first, ...rest] = stdout.split('\n');
  expect(first).toBe('#cloud-config');
  return JSON.parse(rest.join('\n'));
}
const keysOf = (name: string) =>
  documentOf(name).write_files.find(({ path }) => path.endsWith('/authorized_keys'))?.content;

beforeAll(() => {
  const folder = project({ main: { machines: machines({ agents: { builds: {} } }) }, other: {} });
  const commands = {
    plain: [],
    named: ['main'],
    agent: ['--machine', 'builds'],
    key: ['--key', OTHER_KEY],
    'unknown machine': ['--machine', 'build'],
    'unknown cluster': ['mian'],
  };
  const results = runKeelson(
    Object.values(commands).map((args) => ({ args: ['user-data', ...args], folder })),
  );
  runs = Object.fromEntries(Object.keys(commands).map((name, index) => [name, results[index] as KeelsonRun]));
  rmSync(folder, { recursive: true });
});

test('the first server is meant, of the only cluster that has machines', () => {
  expect(documentOf('plain').runcmd.at(-1)).toEqual(['bash', '/var/lib/keelson/nixos/scripts/bootstrap.sh']);
  expect(run('named').stdout).toBe(run('plain').stdout);
  expect(Buffer.byteLength(run('plain').stdout)).toBeLessThan(16 * 1024);
});

test('each machine has its own', () => {
  expect(documentOf('agent')).not.toEqual(documentOf('plain'));
});

test('it lets in whose key is given, or the first of sshKeys', () => {
  expect(keysOf('plain')).toContain('ada@example.com');
  expect(keysOf('key')).toBe(`${OTHER_KEY}\n`);
});

test('a machine or a cluster that is not there is refused with the nearest name', () => {
  for (const [name, meant] of [
    ['unknown machine', 'builds'],
    ['unknown cluster', 'main'],
  ]) {
    const { status, stdout, stderr } = run(name as string);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(`did you mean "${meant}"?`);
  }
});
