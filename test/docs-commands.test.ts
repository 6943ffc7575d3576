import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type KeelsonRun, runKeelson } from './support/keelson-runs.js';
import { type Block, blocksOf, pages } from './support/markdown.js';
import { ROOT } from './support/repository.js';

/*
 * Commands stand in two kinds of blocks: `sh` has what a person types, `console` that and its output, in which "…"
 * stands for any lines. What npm alone can do is run here; for every other command a test is named that runs it.
 */

/** Beginnings of commands → a file that runs them, and words of it that show so. */
const RUN_BY: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'make up': ['.ci/run', 'make --no-print-directory up'],
  'make down': ['.ci/run', 'make --no-print-directory down'],
  'make check': ['.ci/run', 'make --no-print-directory check'],
  'make test': ['.ci/run', 'make --no-print-directory test'],
  'make test-fast': ['.ci/run', 'make --no-print-directory test'],
  'make preview': ['test/cli/keelson.test.ts', "run(['synth'"],
  'npx keelson diff': ['test/engine/diff-command.test.ts', "diff('main')"],
  'npx keelson images release': ['test/images/commands-process.test.ts', "ok('release', 'staging')"],
  'npx keelson images promote': [
    'test/images/commands-process.test.ts',
    "ok('promote', 'staging', 'production')",
  ],
  'npx keelson images check': ['test/images/commands-process.test.ts', "ok('check')"],
  'npx keelson rollback': ['test/engine/rollback.test.ts', "rollback('production', '--yes')"],
  'make rehearse': ['test/engine/rehearse.test.ts', 'Rehearsal.open'],
  'make bench': ['test/bench/same-objects.test.ts', 'bench/'],
  'make lab': ['test/lab/run-process.test.ts', 'test/lab/run'],
  'npx keelson up': ['test/engine/lunch.test.ts', "keelson(['up'])"],
  'npx keelson preview': ['test/engine/lunch.test.ts', "keelson(['preview'])"],
  'npx keelson destroy': ['test/engine/lunch.test.ts', "keelson(['destroy'])"],
  'npx keelson refresh': ['test/engine/lunch.test.ts', "keelson(['refresh'])"],
  'npx keelson import': ['test/engine/lunch.test.ts', "keelson(['import'"],
  'npx keelson kubeconfig': ['test/engine/access.test.ts', "keelson('kubeconfig'"],
  'npx keelson down': ['test/engine/lunch.test.ts', "keelson(['down'])"],
  'npx keelson new': ['test/support/new-repository.ts', "'new', name"],
  'npx keelson doctor': ['test/doctor/doctor-process.test.ts', "'doctor', ...args"],
  'npx keelson ci flow': ['test/engine/delivery.test.ts', "'Git flow': 0"],
  'npx keelson ci report': ['test/engine/delivery.test.ts', 'Report: 0'],
  'npx keelson ci comment': ['test/engine/delivery.test.ts', 'Comment: 0'],
  'npx keelson ci promise': ['test/engine/delivery.test.ts', 'Promise: 0'],
  'npx keelson ci deploy': ['test/engine/ci-deploy.test.ts', "keelson('ci', 'deploy'"],
  'npx keelson forward': ['test/engine/machines-day-two.test.ts', "['forward']"],
  'npx keelson rotate-keys': ['test/engine/machines-day-two.test.ts', "'rotate-keys', '--tokens'"],
  'npx keelson backup': ['test/engine/backup-contents.test.ts', "keelson(['backup', 'main'"],
  'npx keelson restore': ['test/engine/backup-drill.test.ts', "keelson(['restore'"],
  'keelson-build': ['test/nixos/update.test.ts', "'build', join(root.root, 'etc/nixos')"],
  'keelson-try': ['test/nixos/update.test.ts', "script(root, 'try')"],
  'keelson-confirm': ['test/nixos/update.test.ts', "script(root, 'confirm')"],
  'kubectl rollout restart': ['test/engine/secrets.test.ts', 'kubectl.kubernetes.io/restartedAt'],
  'age-keygen': ['test/support/age.ts', "'age-keygen', ['--output'"],
  'git init': ['test/engine/delivery.test.ts', "git('init'"],
  'npm install': ['test/support/new-repository.ts', 'In place of'],
  'npm test': ['test/engine/delivery.test.ts', 'Test: 0'],
  pulumi: ['test/engine/pulumi-up.test.ts', 'docs/how-to/deploy-to-a-cluster.md'],
  'openssl rand -hex 32 | pulumi': ['test/engine/pulumi-up.test.ts', "'Give the secrets'"],
};

interface Shown {
  /** Page and line. */
  readonly place: string;
  readonly command: string;
  /** Of a console block. */
  readonly output?: string;
}

const typed = ({ page, line, text }: Block): Shown[] =>
  text
    .split('\n')
    .map((row, index) => ({ place: `${page}:${line + index}`, command: row.replace(/ +#.*$/, '') }))
    .filter(({ command }) => command !== '');

const answered = ({ page, line, text }: Block): Shown[] =>
  text
    .split(/^\$ /m)
    .filter(Boolean)
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { place: `${page}:${line}`, command, output: output.join('\n').trimEnd() };
    });

const READ = { sh: typed, console: answered };
const shown = pages()
  .flatMap(blocksOf)
  .flatMap((block) =>
    block.language === 'sh' || block.language === 'console' ? READ[block.language](block) : [],
  );

const RUNNABLE = /^(?:npx )?keelson ((?:synth|graph)\b[^|]*)/;
const runnable = shown.filter(({ command }) => RUNNABLE.test(command));
const others = shown.filter(({ command }) => !RUNNABLE.test(command));

describe('what npm alone can do', () => {
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-docs-'));
  let runs: readonly KeelsonRun[];

  beforeAll(() => {
    runs = runKeelson(
      runnable.map(({ place, command }, index) => ({
        args: RUNNABLE.exec(command)?.[1]?.trim().split(/ +/) ?? [],
        folder: copyOf(applicationOf(place), join(scratch, `${index}`)),
      })),
    );
  }, 60_000);

  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test.each(runnable.map(({ place, command }, index) => [place, command, index] as const))(
    '%s: %s',
    (_place, _command, index) => {
      const { status, stdout, stderr } = runs[index] ?? {};
      expect([status, stderr]).toEqual([0, '']);
      const { output } = runnable[index] ?? {};
      if (output !== undefined) expect(stdout?.trimEnd()).toEqual(expect.stringMatching(patternOf(output)));
    },
  );
});

test('every other command is run by some test', () => {
  const unknown = others.filter(
    ({ command }) => !Object.keys(RUN_BY).some((start) => `${command} `.startsWith(`${start} `)),
  );
  expect(unknown).toEqual([]);
  for (const [file, words] of Object.values(RUN_BY))
    expect([file, readFileSync(join(ROOT, file), 'utf8').includes(words)]).toEqual([file, true]);
});

/** The example that a page is about: the one it stands in or links to, else that of the project's own commands. */
function applicationOf(place: string): string {
  const page = place.replace(/:\d+$/, '');
  if (existsSync(join(ROOT, dirname(page), 'app.ts'))) return dirname(page);
  const [linked] = /examples\/[\w-]+(?=\/README\.md\))/.exec(readFileSync(join(ROOT, page), 'utf8')) ?? [];
  return linked ?? 'examples/lunch';
}

function copyOf(application: string, folder: string): string {
  for (const file of ['package.json', 'app.ts', 'images.lock.json'])
    cpSync(join(ROOT, application, file), join(folder, file));
  return folder;
}

/** Exactly this text, with any lines where a line says "…". */
const patternOf = (output: string): RegExp =>
  new RegExp(
    `^${output
      .split('\n')
      .map((line) => (line === '…' ? '[\\s\\S]*?' : line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('\n')}$`,
  );
