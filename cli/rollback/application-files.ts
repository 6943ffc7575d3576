import { dirname, relative } from 'node:path';
import { git, type Repository } from '../diff/git.js';

const MODULE = /\.([cm]?[jt]sx?|json)$/;

/** Tracked files that the loaded application consists of: its module and what that imports, from the repository's top. */
export function applicationFiles({ top }: Repository): string[] {
  const loaded = Object.keys(require.cache).map((file) => relative(top, file).replaceAll('\\', '/'));
  const tracked = new Set(git(top, 'ls-files').split('\n'));
  return loaded.filter((file) => tracked.has(file));
}

/** The same, and modules beside them that were there in a commit and are not any more. */
export function filesSince({ top }: Repository, files: readonly string[], commit: string): string[] {
  const folders = new Set(files.map((file) => dirname(file)));
  const deleted = git(top, 'diff', '--name-only', '--no-renames', '--diff-filter=D', commit, 'HEAD')
    .split('\n')
    .filter((file) => MODULE.test(file) && folders.has(dirname(file)));
  return [...files, ...deleted];
}
