import { KeelsonError } from '../../lib/config/problem.js';
import { findCommit, findRepository, git, type Repository } from '../diff/git.js';

/** More commits than that are no single deployment. */
const MOST = 100;

/**
 * The commits that HEAD has over an earlier one, merged branches counted by their merge alone; the newest first.
 *
 * @param since a commit; by default the release before, where HEAD is one, else the commit before. What a push says for
 *   a branch that is new, zeros only, means the default too.
 * @throws KeelsonError
 */
export function commitsSince(folder: string, since: string | undefined): string[] {
  const repository = repositoryOf(folder);
  const start = since === undefined || /^(0+)?$/.test(since) ? earlier(repository) : since;
  const commit = findCommit(repository, start);
  if (commit === undefined)
    throw problem(
      start,
      'is no commit here; a shallow clone lacks the history: fetch it with `git fetch --unshallow`',
    );
  const commits = git(
    repository.top,
    'rev-list',
    '--first-parent',
    `--max-count=${MOST + 1}`,
    `${commit}..HEAD`,
  )
    .split('\n')
    .filter(Boolean);
  if (commits.length === 0) throw problem(start, 'is not before HEAD: there is nothing to deploy');
  if (commits.length > MOST)
    throw problem(start, `is more than ${MOST} commits back; name a later one with --since`);
  return commits;
}

function earlier({ top }: Repository): string {
  const releases = git(top, 'tag', '--list', 'v[0-9]*', '--sort=-creatordate', '--merged', 'HEAD')
    .split('\n')
    .filter(Boolean);
  const here = git(top, 'tag', '--list', 'v[0-9]*', '--points-at', 'HEAD').split('\n').filter(Boolean);
  if (here.length === 0) return 'HEAD^';
  return releases.find((release) => !here.includes(release)) ?? 'HEAD^';
}

/** Branches of the remote, and of this repository, that contain HEAD. */
export const branchesWithHead = (folder: string): string[] =>
  git(repositoryOf(folder).top, 'branch', '--all', '--format=%(refname)', '--contains', 'HEAD')
    .split('\n')
    .map((ref) => ref.replace(/^refs\/(heads|remotes\/[^/]+)\//, ''));

function repositoryOf(folder: string): Repository {
  const repository = findRepository(folder);
  if (!repository) throw problem(folder, 'is in no git repository');
  return repository;
}

const problem = (where: string, message: string) => new KeelsonError('The history', [{ where, message }]);
