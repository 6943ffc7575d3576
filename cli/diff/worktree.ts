import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleaningUpOnExit } from '../../embedded/control-plane/interruption.js';
import { git, type Repository } from './git.js';

/**
 * Checks a commit out into a temporary folder while `work` goes on. The folder is gone afterwards, however it ends; the
 * repository's own working tree and its hooks have no part in it.
 */
export async function inWorktree<T>(
  { top }: Repository,
  commit: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const outer = mkdtempSync(join(realpathSync(tmpdir()), 'keelson-diff-'));
  const folder = join(outer, 'tree');
  const remove = (): void => {
    try {
      git(top, 'worktree', 'remove', '--force', folder);
    } catch {
      // It was never added, or is half there: what is left is deleted here, and git forgets it.
      rmSync(outer, { recursive: true, force: true });
      git(top, 'worktree', 'prune');
    }
    rmSync(outer, { recursive: true, force: true });
  };
  return cleaningUpOnExit(remove, async () => {
    try {
      git(top, '-c', 'core.hooksPath=/dev/null', 'worktree', 'add', '--quiet', '--detach', folder, commit);
      return await work(folder);
    } finally {
      remove();
    }
  });
}
