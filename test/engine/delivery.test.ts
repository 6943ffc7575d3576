import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeGitHub } from '../support/fake-github.js';
import { describeWithGo, goTool } from '../support/go-tool.js';
import { newRepository } from '../support/new-repository.js';
import { run } from '../support/packed.js';
import { ROOT } from '../support/repository.js';
import { readWorkflow, runStep, type Step, type StepRun } from '../support/workflow.js';

/*
 * A repository that `keelson new` has made, from its first test to a pull request's comment and its deployment, by the
 * steps of its own workflows. GitHub is a stand-in; what `npm ci` would install is installed once.
 */
const folder = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-delivery-'));
let shop: string;
let github: FakeGitHub;

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args], {
    cwd: shop,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
const keelson = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(shop, 'node_modules/keelson/bin/keelson.js'), ...args], {
    cwd: shop,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true' },
  });
const edit = (file: string, ...changes: readonly (readonly [from: string, to: string])[]) => {
  const text = changes.reduce(
    (so, [from, to]) => {
      if (!so.includes(from)) throw new Error(`${file} has no ${from}`);
      return so.replace(from, to);
    },
    readFileSync(join(shop, file), 'utf8'),
  );
  writeFileSync(join(shop, file), text);
};
const commit = (message: string) => {
  git('add', '--all');
  git('commit', '--quiet', '--message', message);
};
const workflow = (name: string) => readWorkflow(join(shop, '.github/workflows', `${name}.yml`));

/** Scripts of a job but for the installation. */
async function runJob(
  name: string,
  job: string,
  context: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, StepRun>> {
  const runs: Record<string, StepRun> = {};
  for (const step of scripts(name, job)) {
    runs[`${step.name}`] = await runStep(step, {
      cwd: shop,
      context,
      env: { CI: 'true', RUNNER_TEMP: folder, GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), ...env },
    });
  }
  return runs;
}
const scripts = (name: string, job: string): readonly Step[] =>
  (workflow(name).jobs[job]?.steps ?? []).filter(
    (step) => step.run !== undefined && step.run !== 'npm ci --ignore-scripts',
  );
const statuses = (runs: Readonly<Record<string, StepRun>>) =>
  Object.fromEntries(
    Object.entries(runs).map(([name, { status, output }]) => [name, status === 0 ? 0 : output]),
  );

const CACHED = `uses: [cache],
    });
`;
const RATES = `${CACHED}    new Service(env, 'rates', { image: env.image('rates'), ports: { http: 8081 } });
`;
const FOUR = [
  '- **renamed** `Deployment rates → prices`',
  '  - **image**: `registry.shop.example.com/shop/web:1.0.0 → :1.1.0`',
  '  - **exposure**: `shop.staging.shop.example.com is opened`',
  '- **deleted** `StatefulSet cache`',
];

beforeAll(async () => {
  shop = newRepository(folder, 'shop');
  git('init', '--quiet', '--initial-branch', 'development');
  commit('Begin');
  edit('app.ts', [CACHED, RATES]);
  const lock = JSON.parse(readFileSync(join(shop, 'images.lock.json'), 'utf8'));
  lock.rates = JSON.parse(JSON.stringify(lock.web).replaceAll('/web', '/rates'));
  writeFileSync(join(shop, 'images.lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  commit('Rates');

  git('checkout', '--quiet', '-b', 'feature/prices');
  edit(
    'app.ts',
    ["'rates', {", "'prices', {"],
    ["host: 'www'", "host: ['www', 'shop']"],
    ['uses: [cache],', ''],
    ["const cache = new Redis(env, 'cache');", ''],
    [', Redis,', ','],
  );
  lock.web.staging.tag = '1.1.0';
  writeFileSync(join(shop, 'images.lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  commit('Prices instead of rates, without a cache');
  github = await new FakeGitHub().start();
});

afterAll(async () => {
  await github?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a new repository passes its own checks, tests and synthesis, by the steps of its workflow', async () => {
  git('checkout', '--quiet', 'HEAD~2');
  expect(statuses(await runJob('keelson-check', 'test', {}))).toEqual({ Check: 0, Test: 0 });
  expect(keelson('synth')).toMatchObject({ status: 0, stderr: '' });
  expect(git('status', '--porcelain')).toBe('');
});

test('`keelson diff` names the rename, the image, the host and the Redis, each with its mark', () => {
  git('checkout', '--quiet', 'feature/prices');
  const { status, stdout } = keelson('diff', 'development', '--env', 'staging', '--format', 'markdown');
  expect(status).toBe(1);
  for (const line of FOUR) expect(stdout).toContain(line);
  expect(stdout).toMatch(/^- `staging`: .*\*\*data loss 1\*\*, \*\*downtime \d\*\*/m);
});

describe('a pull request', () => {
  const pull = () => ({
    'github.base_ref': 'development',
    'github.head_ref': 'feature/prices',
    'github.event.pull_request.number': '5',
    'github.event.pull_request.head.sha': git('rev-parse', 'feature/prices'),
  });
  let checked: Record<string, StepRun>;

  beforeAll(async () => {
    git('checkout', '--quiet', '--detach', 'development');
    git('merge', '--quiet', '--no-ff', '--message', 'Merge feature/prices', 'feature/prices');
    checked = await runJob('keelson-check', 'diff', pull());
  });

  test('its check leaves a report, and a summary on the page of the run', () => {
    expect(statuses(checked)).toEqual({ 'Git flow': 0, Report: 0, Summary: 0 });
    expect(readdirSync(join(shop, 'dist/keelson-diff')).sort()).toEqual([
      'diff.json',
      'diff.md',
      'pull-request.json',
    ]);
    const summary = readFileSync(join(folder, 'summary.md'), 'utf8');
    expect(summary).toContain(
      `### \`development (${git('rev-parse', '--short=7', 'development')})\` → \`#5 (`,
    );
    for (const line of FOUR) expect(summary).toContain(line);
  });

  test('its comment is written by the second workflow, from the report alone', async () => {
    const left = join(shop, 'dist/keelson-diff');
    github.run.head_sha = git('rev-parse', 'feature/prices');
    github.pull.head.sha = github.run.head_sha;
    github.leave(
      Object.fromEntries(readdirSync(left).map((name) => [name, readFileSync(join(left, name), 'utf8')])),
    );
    git('checkout', '--quiet', 'development');
    const context = {
      'github.event.workflow_run.id': '77',
      'github.token': github.environment.GITHUB_TOKEN ?? '',
    };
    expect(statuses(await runJob('keelson-comment', 'comment', context, github.environment))).toEqual({
      Comment: 0,
    });
    const [{ body } = { body: '' }, ...others] = github.comments;
    expect(others).toEqual([]);
    for (const line of FOUR) expect(body).toContain(line);
  });

  test('once merged, the deployment takes what it showed; another merge, or a tag elsewhere, is stopped', async () => {
    git('checkout', '--quiet', 'development');
    git('merge', '--quiet', '--no-ff', '--message', 'Merge feature/prices', 'feature/prices');
    github.pull.merged_at = '2026-11-21T12:00:00Z';
    // In place of a cluster: what `keelson ci deploy` does is tested with one.
    const command = join(shop, 'node_modules/.bin/keelson');
    rmSync(command);
    const whole = join(shop, 'node_modules/keelson/bin/keelson.js');
    writeFileSync(command, `#!/bin/sh\nif [ "$2" = deploy ]; then echo "$@"; else exec ${whole} "$@"; fi\n`, {
      mode: 0o755,
    });
    const context = (environment: string, unpromised = 'false', cluster = 'true') => ({
      'inputs.environment': environment,
      'inputs.since': git('rev-parse', 'development~1'),
      'inputs.unpromised': unpromised,
      'inputs.cluster': cluster,
      // Who has no cluster's own stack has no machines either.
      'inputs.machines': cluster,
      'github.token': github.environment.GITHUB_TOKEN ?? '',
      'secrets.KUBECONFIG': 'apiVersion: v1',
      ...Object.fromEntries(
        [
          'PULUMI_BACKEND_URL',
          'PULUMI_ACCESS_TOKEN',
          'PULUMI_CONFIG_PASSPHRASE',
          'AWS_ACCESS_KEY_ID',
          'AWS_SECRET_ACCESS_KEY',
        ].map((name) => [`secrets.${name}`, '']),
      ),
    });
    const env = (ref: string) => ({ ...github.environment, GITHUB_REF: ref });
    const runs = await runJob('keelson-deploy', 'deploy', context('staging'), env('refs/heads/development'));
    expect(statuses(runs)).toEqual({
      'Git flow': 0,
      Promise: 0,
      Kubeconfig: 0,
      Deploy: 0,
      'Remove the kubeconfig': 0,
    });
    expect(runs.Deploy?.output.trim()).toBe(`ci deploy --env staging --promised ${folder}/promise.json`);
    const promise = JSON.parse(readFileSync(join(folder, 'promise.json'), 'utf8')) as {
      changes: object[];
      pulls: number[];
    };
    expect(promise.pulls).toEqual([5]);
    expect(promise.changes).toEqual(
      expect.arrayContaining([
        { stack: 'staging', kind: 'StatefulSet', name: 'staging/cache', action: 'delete' },
        { stack: 'staging', kind: 'Deployment', name: 'staging/rates', action: 'delete' },
        { stack: 'staging', kind: 'Deployment', name: 'staging/prices', action: 'create' },
        { stack: 'staging', kind: 'Deployment', name: 'staging/web', action: 'update' },
      ]),
    );
    expect(readdirSync(shop)).not.toContain('kubeconfig.yaml');
    const production = await runJob(
      'keelson-deploy',
      'deploy',
      context('production', 'true', 'false'),
      env('refs/tags/v1.0.0'),
    );
    expect(production['Git flow']?.output).toContain(
      'refs/tags/v1.0.0: is on neither main nor master but on development',
    );
    expect(production.Deploy?.output.trim()).toBe(
      'ci deploy --env production --unpromised --no-cluster --no-machines',
    );
  });
});

describeWithGo('actionlint')('the workflows', () => {
  test.each([
    ['a new repository', () => shop],
    ['Keelson itself', () => ROOT],
  ])('of %s: actionlint finds nothing', async (_what, root) => {
    const actionlint = await goTool('actionlint');
    const files = readdirSync(join(root(), '.github/workflows')).map((name) =>
      join('.github/workflows', name),
    );
    expect(files.length).toBeGreaterThan(4);
    expect(run(actionlint, ['-no-color', ...files], root())).toBe('');
  });
});
