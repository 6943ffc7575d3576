import { execFileSync } from 'node:child_process';
import { didYouMean, KeelsonError } from '../../lib/config/problem.js';

/** The repository around a folder. */
export interface Repository {
  /** Its top folder. */
  readonly top: string;
}

/** Runs git in a folder and returns what it says, without the last line break. */
export const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: outsideHooks(),
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 28,
  }).replace(/\n$/, '');

/** The environment without the variables by which a hook of git says which repository it runs in. */
export const outsideHooks = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)),
  );

/** The repository that a folder lies in, or undefined where it lies in none or git is not installed. */
export function findRepository(folder: string): Repository | undefined {
  const top = attempt(() => git(folder, 'rev-parse', '--show-toplevel'));
  return top ? { top } : undefined;
}

/** The commit that a name stands for, or undefined. */
export const findCommit = ({ top }: Repository, ref: string): string | undefined =>
  attempt(() => git(top, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`));

/** Identifies the files of a commit: the same where nothing differs. */
export const treeOf = ({ top }: Repository, commit: string): string =>
  git(top, 'rev-parse', `${commit}^{tree}`);

/** Files that are not as in the last commit, new ones too. */
export const uncommitted = ({ top }: Repository): string[] =>
  git(top, 'status', '--porcelain').split('\n').filter(Boolean);

/** @throws KeelsonError that knows what else there is */
export function unknownRef({ top }: Repository, ref: string): never {
  const known = git(
    top,
    'for-each-ref',
    '--format=%(refname:short)',
    'refs/heads',
    'refs/tags',
    'refs/remotes',
  )
    .split('\n')
    .filter(Boolean);
  const remote = known.find((name) => name.endsWith(`/${ref}`));
  const hint = remote ? `; did you mean "${remote}"?` : didYouMean(ref, known);
  throw new KeelsonError('The comparison', [
    {
      where: ref,
      message: `is neither a commit, a branch or a tag of ${top}, nor a folder of manifests${
        hint || '; if it is a branch of the remote, fetch it first (a shallow clone has no others)'
      }`,
    },
  ]);
}

function attempt(action: () => string): string | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
