import { type ImagesLock, imagesSchema } from '../../lib/config/images.js';
import { parse } from '../../lib/config/parse.js';
import { git, type Repository } from '../diff/git.js';
import { areSame, imagesOf, nameOf, type Selected } from './selected.js';

/** Says in a rollback's commit what went back, and to which commit. */
export const TRAILER = 'Keelson-Rollback';

/** A commit that changed what an environment runs, and the one before it. */
export interface Change {
  readonly commit: string;
  readonly before: string;
}

interface Search {
  readonly selected: Selected;
  /** Path of the lock file, from the top of the repository. */
  readonly lock: string;
  /** Paths of everything that may have changed it. */
  readonly files: readonly string[];
  /** Whether a commit that left the images alone changed the environment otherwise. */
  readonly changesMore: (change: Change) => Promise<boolean>;
}

/**
 * The last change of what is selected, in the history of the checked-out branch. What a rollback has taken back already
 * is passed over, so that each further rollback goes further back.
 */
export async function lastChange(repository: Repository, search: Search): Promise<Change | undefined> {
  const { selected, lock, files, changesMore } = search;
  const isChange = async (change: Change): Promise<boolean> => {
    const [before, after] = [change.before, change.commit].map((commit) =>
      imagesOf(lockAt(repository, commit, lock) ?? {}, selected),
    );
    return !areSame(before ?? new Map(), after ?? new Map()) || (await changesMore(change));
  };
  for (let from = 'HEAD'; ; ) {
    let last: Change | undefined;
    for (const change of changesFrom(repository, from, files))
      if (await isChange(change)) {
        last = change;
        break;
      }
    const target = last && rolledBackTo(repository, last.commit, selected);
    if (target === undefined) return last;
    from = target;
  }
}

/** Commits on the way to one that touch these files, the last first; of a merge the first parent counts. */
const changesFrom = ({ top }: Repository, from: string, files: readonly string[]): Change[] =>
  git(top, 'log', '--first-parent', '--format=%H %P', from, '--', ...files)
    .split('\n')
    .flatMap((line) => {
      const [commit = '', parent] = line.split(' ');
      // Of what begins a history, or where a shallow clone ends, nothing is known before it.
      return parent && isThere(top, parent) ? [{ commit, before: parent }] : [];
    });

function isThere(top: string, commit: string): boolean {
  try {
    git(top, 'cat-file', '-e', `${commit}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

function rolledBackTo({ top }: Repository, commit: string, selected: Selected): string | undefined {
  const format = `--format=%(trailers:key=${TRAILER},valueonly)`;
  const [name, target] = git(top, 'log', '-1', format, commit).trim().split(' ');
  return name === nameOf(selected) && target && isThere(top, target) ? target : undefined;
}

/** The lock file of a commit, or undefined where it had none that can be read. */
export function lockAt({ top }: Repository, commit: string, path: string): ImagesLock | undefined {
  try {
    return parse(imagesSchema, JSON.parse(git(top, 'show', `${commit}:${path}`)), path);
  } catch {
    return undefined;
  }
}
