import { existsSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import { findCommit, findRepository, type Repository, unknownRef } from './git.js';

/** What one side of a comparison is made from. */
export type Source =
  | { readonly kind: 'working tree'; readonly name: 'working tree' }
  | {
      readonly kind: 'commit';
      readonly name: string;
      readonly commit: string;
      readonly repository: Repository;
    }
  | { readonly kind: 'live'; readonly name: 'live' }
  | { readonly kind: 'folder'; readonly name: string; readonly folder: string };

/** What is no cluster. */
export type CodeSource = Exclude<Source, { kind: 'live' }>;

export const WORKING_TREE: CodeSource = { kind: 'working tree', name: 'working tree' };

/**
 * What a word on the command line means: a path where it is written as one (`./manifests`), else a commit, else a
 * folder, else the cluster for `live`.
 *
 * @throws KeelsonError for what is none of them
 */
export function sourceOf(text: string, here: string): Source {
  const folder = resolve(here, text);
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  if (/^(\.{0,2}[\\/]|\.{1,2}$|[A-Za-z]:)/.test(text)) {
    if (isFolder) return { kind: 'folder', name: text, folder };
    throw problem(text, `there is no folder ${folder}`);
  }
  const repository = findRepository(here);
  const commit = repository && findCommit(repository, text);
  if (repository && commit) return { kind: 'commit', name: text, commit, repository };
  if (isFolder) return { kind: 'folder', name: relative(here, folder) || '.', folder };
  if (text === 'live') return { kind: 'live', name: 'live' };
  if (repository) unknownRef(repository, text);
  throw problem(text, `is no folder, and ${here} is in no git repository (or git is not installed)`);
}

const problem = (where: string, message: string) => new KeelsonError('The comparison', [{ where, message }]);
