import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { packageFolder } from '../package-folder.js';
import { linkDependencies } from './dependencies.js';
import { outsideHooks, type Repository } from './git.js';
import { readStacks, type Stacks } from './manifests.js';
import { run } from './process.js';
import { inWorktree } from './worktree.js';

/** Synthesizes some environments, or all of them. */
export type Synthesize = (environments?: readonly string[]) => Promise<Stacks>;

/**
 * Gives `work` what synthesizes the application of a commit: with the commit's own code and its own version of Keelson,
 * in a process of its own, so that nothing of it gets into this one.
 *
 * @param folder that the command runs in, below the top of the repository
 * @throws KeelsonError where its dependencies cannot be had
 */
export const withCommit = <T>(
  repository: Repository,
  { name, commit }: { readonly name: string; readonly commit: string },
  folder: string,
  report: Report,
  work: (synthesize: Synthesize) => Promise<T>,
): Promise<T> =>
  inWorktree(repository, commit, async (tree) => {
    const place = relative(repository.top, folder);
    const here = join(tree, place);
    if (!existsSync(here)) throw problem(name, `has no folder ${place}`);
    await provideDependencies(repository, tree, place, name, report);
    const command = commandIn(here) ?? ownCommand(name, report);
    let count = 0;
    return work(async (environments) => {
      const out = join(dirname(tree), `manifests-${count++}`);
      const selected = environments ? ['--env', ...environments] : [];
      const args = [command, 'synth', '--machines', ...selected, '--out', out];
      const { status, output } = await run(process.execPath, args, { cwd: here, env: outsideHooks() });
      if (status !== 0) throw new KeelsonError(name, [{ where: '', message: withoutFolder(output, tree) }]);
      return readStacks(out);
    });
  });

async function provideDependencies(
  { top }: Repository,
  tree: string,
  place: string,
  name: string,
  report: Report,
): Promise<void> {
  const found = linkDependencies(top, tree, place);
  if (found.kind === 'linked') return;
  if (found.kind === 'foreign')
    throw problem(
      name,
      `${found.lock} differs from the working tree's, and only npm's lock files can be installed; synthesize both sides yourself with \`keelson synth --out\` and compare the folders`,
    );
  report(`${name} has another lock file: installing its packages (npm ci --ignore-scripts) …`);
  const args = ['ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
  const { status, output } = await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd: found.folder,
    env: outsideHooks(),
  });
  if (status !== 0) throw problem(name, `its packages cannot be installed:\n${withoutFolder(output, tree)}`);
}

/** The command of the version that the tree has installed. */
function commandIn(folder: string): string | undefined {
  try {
    const file = createRequire(join(folder, 'package.json')).resolve('keelson/package.json');
    const { bin } = JSON.parse(readFileSync(file, 'utf8')) as { bin?: Record<string, string> };
    const command = bin?.keelson && join(dirname(file), bin.keelson);
    return command && existsSync(join(dirname(file), 'dist/cli/main.js')) ? command : undefined;
  } catch {
    return undefined;
  }
}

function ownCommand(name: string, report: Report): string {
  report(`${name} has no Keelson installed: this one synthesizes it.`);
  return join(packageFolder(), 'bin', 'keelson.js');
}

/** Messages name files of the tree as if it were a repository of its own. */
const withoutFolder = (text: string, tree: string): string => text.replaceAll(`${tree}/`, '').trim();

const problem = (where: string, message: string) => new KeelsonError('The comparison', [{ where, message }]);
