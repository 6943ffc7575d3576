import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support/repository.js';
import { readWorkflow } from './support/workflow.js';

const FOLDERS = ['.github/workflows', 'templates/repository/.github/workflows'];
const files = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)));
const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const jobs = (file: string) => Object.entries(readWorkflow(join(ROOT, file)).jobs);

test.each(files)('%s: whatever it runs of others is named by a commit, with its version beside', (file) => {
  const used = text(file).match(/uses: .*/g) ?? [];
  expect(used.length).toBeGreaterThan(0);
  const loose = used.filter(
    (line) =>
      !/^uses: (\.\/\.github\/workflows\/[a-z-]+\.yml|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(
        line,
      ),
  );
  expect(loose).toEqual([]);
});

test('one version of each action everywhere', () => {
  const used = new Set(
    files.flatMap((file) => text(file).match(/(?<=uses: )[\w-]+\/[\w-]+@[0-9a-f]{40}/g) ?? []),
  );
  expect([...used].map((action) => action.split('@')[0]).sort()).toEqual(
    ['cache', 'checkout', 'setup-go', 'setup-node', 'upload-artifact'].map((name) => `actions/${name}`),
  );
});

test.each(files)(
  '%s: nothing is put into a script; it may read, and no more by default; every job ends',
  (file) => {
    expect(readWorkflow(join(ROOT, file)).permissions).toEqual({ contents: 'read' });
    for (const [name, job] of jobs(file)) {
      for (const { run = '' } of job.steps ?? []) expect([name, run.includes('${{')]).toEqual([name, false]);
      if (job.uses === undefined) expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
    }
  },
);

test('on Windows the preview is what make preview is, once it is built', () => {
  const [, recipe = ''] = /^preview:.*\n\t@(.*) \$\(ARGS\)$/m.exec(text('Makefile')) ?? [];
  expect(recipe).toMatch(/^node bin\/keelson\.js /);
  const { steps = [] } = readWorkflow(join(ROOT, '.github/workflows/ci.yml')).jobs.windows ?? {};
  const runs = steps.map(({ run }) => run);
  expect(runs).toContain(recipe);
  expect(runs.indexOf('npm run build')).toBeLessThan(runs.indexOf(recipe));
});

test("what runs a pull request's code has no secret, token or right to write", () => {
  for (const file of [
    '.github/workflows/keelson-check.yml',
    'templates/repository/.github/workflows/check.yml',
  ]) {
    expect(text(file)).not.toMatch(/secrets\.|github\.token|: write|pull_request_target/);
    for (const [, { permissions }] of jobs(file)) expect(permissions).toBeUndefined();
  }
});

test('what has a token that may write never has the code of a pull request', () => {
  const comment = text('.github/workflows/keelson-comment.yml');
  expect(comment).not.toMatch(/ref:|head_sha|head_branch|cache: npm|download-artifact/);
  const [[, { permissions } = {}] = []] = jobs('.github/workflows/keelson-comment.yml');
  expect(permissions).toEqual({ actions: 'read', contents: 'read', 'pull-requests': 'write' });
});

test('a reusable workflow runs the command that is installed, and never asks a registry for one', () => {
  for (const file of files.filter((name) => name.includes('keelson-'))) {
    expect(text(file)).toContain('run: node_modules/.bin/keelson ci ');
    expect(text(file)).not.toMatch(/npx|npm exec/);
  }
});
