import { GitHub } from '../../cli/ci/github.js';
import { changesOf, type Promised, promiseOf, readPromise } from '../../cli/ci/promise.js';
import { checkPromise } from '../../cli/ci/promised.js';
import { type DiffReport, diffJson, diffManifests } from '../../lib/diff/index.js';
import type { Operation } from '../../stacks/run-record.js';
import type { StackRun } from '../../stacks/stack-run.js';
import { claim, workload } from '../diff/objects.js';
import { FakeGitHub, HEAD } from '../support/fake-github.js';

const web = (name: string, tag: string) =>
  workload('Deployment', name, { main: { image: `example.com/web:${tag}` } });
const cache = workload('StatefulSet', 'cache', { spec: { volumeClaimTemplates: [claim('1Gi')] } });
const report: DiffReport = {
  base: { name: 'development', problems: [] },
  head: { name: '#5', problems: [] },
  stacks: diffManifests(
    [{ name: 'staging', objects: [web('web', '1'), web('rates', '2'), cache] }],
    [{ name: 'staging', objects: [web('web', '2'), web('prices', '2')] }],
  ),
  uncompared: [],
};
const promise: Promised = { version: 1, pulls: [5], changes: changesOf(report) };
const namespace = cache.metadata.namespace;
const named = (name: string) => (namespace ? `${namespace}/${name}` : name);

const run = (...changes: readonly (readonly [Operation, kind: string, name: string])[]): StackRun[] => [
  {
    stack: 'staging',
    verb: 'preview',
    counts: { create: 0, update: 0, replace: 0, delete: 0, same: 0 },
    changes: changes.map(([operation, kind, name]) => ({
      operation,
      kind,
      name: named(name),
      urn: '',
      path: ['shop'],
      paths: [],
      forcing: [],
      state: 'done',
      since: 0,
    })),
    diagnostics: [],
    seconds: 1,
    outputs: {},
  },
];
const WHOLE = [
  ['update', 'Deployment', 'web'],
  ['delete', 'Deployment', 'rates'],
  ['create', 'Deployment', 'prices'],
  ['delete', 'StatefulSet', 'cache'],
] as const;

test('a preview that does what was shown goes on; a rename was shown as both that it is', () => {
  expect(() => checkPromise(promise, run(...WHOLE))).not.toThrow();
});

test('less than what was shown is no fault: it was done before', () => {
  expect(() => checkPromise(promise, run())).not.toThrow();
  expect(() => checkPromise(promise, run(['update', 'Deployment', 'prices']))).not.toThrow();
});

test('what is the same, and values of secrets, which no comparison of code shows, do not count', () => {
  expect(() =>
    checkPromise(promise, run(['same', 'Service', 'a'], ['create', 'Secret', 'web'])),
  ).not.toThrow();
});

test.each<[Operation, string, string, string]>([
  ['create', 'Ingress', 'web', 'would be created; nothing was said of it'],
  ['delete', 'Deployment', 'web', 'would be DELETED; it was to be: update'],
  ['replace', 'Deployment', 'web', 'would be REPLACED; it was to be: update'],
  ['create', 'StatefulSet', 'cache', 'would be created; it was to be: delete'],
  ['update', 'StatefulSet', 'cache', 'would be updated; it was to be: delete'],
])('more than what was shown stops: %s %s %s', (operation, kind, name, message) => {
  const check = () => checkPromise(promise, run(...WHOLE, [operation, kind, name]));
  expect(check).toThrow(`staging: ${kind} ${named(name)}: ${message}`);
  expect(check).toThrow('more than pull request #5 showed');
});

test('another stack is another promise', () => {
  const [first] = run(...WHOLE);
  expect(() => checkPromise(promise, [{ ...(first as StackRun), stack: 'production' }])).toThrow(
    'has 5 problems',
  );
});

describe('from GitHub', () => {
  let github: FakeGitHub;
  const promised = (...commits: string[]) => promiseOf(new GitHub(github.options), commits);

  beforeEach(async () => {
    github = await new FakeGitHub().start();
    github.pull.merged_at = '2026-11-21T12:00:00Z';
    github.leave({
      'diff.json': diffJson(report),
      'pull-request.json': JSON.stringify({ number: 5, head: HEAD }),
    });
  });
  afterEach(() => github.close());

  test('what the merged pull requests showed, each once, and it reads back', async () => {
    const found = await promised('1'.repeat(40), '2'.repeat(40));
    expect(found).toEqual(promise);
    expect(readPromise(JSON.stringify(found), 'promise.json')).toEqual(promise);
  });

  test('a commit that came by no pull request, and a report that is gone, are told together', async () => {
    github.leave({}, { expired: true });
    await expect(promised('1'.repeat(40))).rejects.toThrow(
      'pull request 5: its check of aaaaaaa left no report',
    );
    github.pull.merged_at = null;
    await expect(promised('1'.repeat(40))).rejects.toThrow('1111111: came by no pull request');
  });

  test('a report about another commit is no promise', async () => {
    github.leave({
      'diff.json': diffJson(report),
      'pull-request.json': JSON.stringify({ number: 5, head: 'b'.repeat(40) }),
    });
    await expect(promised('1'.repeat(40))).rejects.toThrow('but its run was for');
  });
});

test('a file that is no promise is refused', () => {
  expect(() => readPromise('{', 'promise.json')).toThrow('is no JSON');
  expect(() => readPromise('{"version":2,"pulls":[],"changes":[]}', 'promise.json')).toThrow('version');
});
