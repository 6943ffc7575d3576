import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import { git, outsideHooks, type Repository } from '../diff/git.js';

interface Content {
  /** Path → text, of files that are written. */
  readonly written: Readonly<Record<string, string>>;
  /** Paths of files that are as in another commit, absent ones too. */
  readonly restored: readonly string[];
  readonly from: string;
  readonly message: string;
}

/**
 * Makes a commit after the checked-out one without touching branch, index or working tree: nobody sees it until it is
 * merged.
 *
 * @returns its hash, or undefined where it would change nothing
 * @throws KeelsonError where git refuses, as without a name and address
 */
export function commitObject(
  { top }: Repository,
  { written, restored, from, message }: Content,
): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-rollback-'));
  const run = (args: readonly string[], input = ''): string =>
    execFileSync('git', args, {
      cwd: top,
      encoding: 'utf8',
      input,
      env: { ...outsideHooks(), GIT_INDEX_FILE: join(folder, 'index') },
      stdio: ['pipe', 'pipe', 'pipe'],
    }).trim();
  try {
    run(['read-tree', 'HEAD']);
    for (const path of restored) {
      const [mode, , hash] = git(top, 'ls-tree', from, '--', path).split(/\s/);
      if (mode && hash) run(['update-index', '--add', '--cacheinfo', `${mode},${hash},${path}`]);
      else run(['update-index', '--force-remove', '--', path]);
    }
    for (const [path, text] of Object.entries(written)) {
      const hash = run(['hash-object', '-w', '--stdin', '--path', path], text);
      run(['update-index', '--add', '--cacheinfo', `100644,${hash},${path}`]);
    }
    const tree = run(['write-tree']);
    if (tree === run(['rev-parse', 'HEAD^{tree}'])) return undefined;
    const sign = isSigned(top) ? ['-S'] : [];
    return run(['commit-tree', tree, '-p', 'HEAD', ...sign], message);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new KeelsonError('The rollback', [
      { where: 'git', message: `refuses the commit: ${stderr?.trim() || error}` },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isSigned(top: string): boolean {
  try {
    return git(top, 'config', '--type=bool', 'commit.gpgsign') === 'true';
  } catch {
    return false;
  }
}
