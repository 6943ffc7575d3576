import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../lib/index.js';
import { type KeelsonRun, runKeelson } from '../support/keelson-runs.js';

const APPLICATION = `
import { defineApplication, Redis, Service, Worker } from 'keelson';

const image = 'registry.example.com/part/app:1.0.0';

export default defineApplication({
  name: 'part',
  domain: 'part.example.com',
  contact: 'ops@example.com',
  clusters: { main: {} },
  environments: { staging: { cluster: 'main' } },
  services(env) {
    const cache = new Redis(env, 'cache');
    const api = new Service(env, 'api', { image, ports: { grpc: 50051 }, uses: [cache] });
    new Service(env, 'web', { image, ports: { http: 8080 }, host: 'www', uses: [api] });
    new Worker(env, 'mailer', { image, uses: [cache] });
  },
});
`;
const WHOLE = 'dist/manifests/staging/part.k8s.yaml';
const PARTS = {
  shallow: ['synth', 'web', '--out', 'shallow'],
  deep: ['synth', 'web', '--deep', '--out', 'deep'],
  setup: ['synth', '--setup', '--out', 'setup'],
  byDefault: ['synth', 'mailer'],
  unknown: ['synth', 'wep', 'mailer'],
};

let folder: string;
let runs: Record<keyof typeof PARTS, KeelsonRun>;

const filesIn = (place: string) =>
  (readdirSync(join(folder, place), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.yaml'))
    .sort();
const workloadsIn = (file: string) =>
  (loadAll(readFileSync(join(folder, file), 'utf8')) as KubeObject[])
    .filter(({ kind }) => kind === 'ServiceAccount')
    .map(({ metadata }) => metadata.name);

beforeAll(() => {
  folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-part-'));
  writeFileSync(join(folder, 'package.json'), '{ "keelson": { "application": "app.ts" } }');
  writeFileSync(join(folder, 'app.ts'), APPLICATION);
  mkdirSync(join(folder, 'dist/manifests/staging'), { recursive: true });
  writeFileSync(join(folder, 'dist/manifests/.keelson-manifests'), '');
  writeFileSync(join(folder, WHOLE), 'the whole\n');
  const results = runKeelson(Object.values(PARTS).map((args) => ({ args, folder })));
  runs = Object.fromEntries(Object.keys(PARTS).map((part, index) => [part, results[index]])) as typeof runs;
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a service by its name: its own sphere, and nothing of the cluster', () => {
  expect(runs.shallow).toMatchObject({ status: 0, stderr: '' });
  expect(filesIn('shallow')).toEqual(['staging/part.k8s.yaml']);
  expect(workloadsIn('shallow/staging/part.k8s.yaml')).toEqual(['web']);
  expect(runs.shallow.stdout).toContain('https://www.staging.part.example.com');
});

test('deep: also all that it uses, directly or not', () => {
  expect(runs.deep).toMatchObject({ status: 0, stderr: '' });
  expect(filesIn('deep')).toEqual(['staging/part.k8s.yaml']);
  expect(workloadsIn('deep/staging/part.k8s.yaml')).toEqual(['cache', 'api', 'web']);
});

test('setup: the cluster with the namespaces, and nothing of an environment', () => {
  expect(runs.setup).toMatchObject({ status: 0, stderr: '' });
  expect(filesIn('setup')).toEqual(expect.arrayContaining(['main-cluster/environment-staging.k8s.yaml']));
  expect(filesIn('setup').filter((file) => !file.startsWith('main-cluster/'))).toEqual([]);
});

test('a part has a folder of its own, and the whole stays as it was', () => {
  expect(runs.byDefault.stdout).toContain('dist/part');
  expect(workloadsIn('dist/part/staging/part.k8s.yaml')).toEqual(['mailer']);
  expect(filesIn('dist/manifests')).toEqual(['staging/part.k8s.yaml']);
  expect(readFileSync(join(folder, WHOLE), 'utf8')).toBe('the whole\n');
});

test('an unknown service is an error that knows the others, and nothing is written', () => {
  expect(runs.unknown).toMatchObject({ status: 1, stdout: '' });
  expect(runs.unknown.stderr).toContain('there is no "wep"; did you mean "web"?');
  expect(runs.unknown.stderr).toContain('cache, api, web, mailer');
  expect(filesIn('dist/part')).toEqual(['staging/part.k8s.yaml']);
});
