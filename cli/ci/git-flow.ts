import { KeelsonError, listed } from '../../lib/config/problem.js';

/** Branches whose tagged commits are released. */
const RELEASED = ['main', 'master'];
/** The branch whose commits are deployed before they are released. */
const DEVELOPMENT = 'development';
/** The environment that takes releases alone. */
const PRODUCTION = 'production';
const RELEASE = /^refs\/tags\/v\d+\.\d+\.\d+$/;

/** A pull request's branches, as git names them. */
export interface MergeRequest {
  readonly base: string;
  readonly head: string;
}

/**
 * What is released comes from `development`, a `release/*` or a `hotfix/*` branch; everything else goes to
 * `development` first.
 *
 * @throws KeelsonError for any other merge
 */
export function checkMerge({ base, head }: MergeRequest): void {
  if (!RELEASED.includes(base) || head === DEVELOPMENT || /^(release|hotfix)\/./.test(head)) return;
  throw problem(
    `${head} → ${base}`,
    `${base} is what runs in production: it takes ${DEVELOPMENT}, release/* and hotfix/* only; change the pull request's base to ${DEVELOPMENT}, or name the branch hotfix/… where production cannot wait`,
  );
}

/** What is about to be deployed. */
export interface Deployment {
  /** `refs/heads/development`, `refs/tags/v1.2.0`. */
  readonly ref: string;
  readonly environment: string;
  /** Branches that contain the commit, without the remote's name. */
  readonly branches: readonly string[];
}

/**
 * `production` takes releases: a tag `v1.2.3` of a commit on `main` or `master`. Other environments take the branch
 * `development`, or a release too.
 *
 * @throws KeelsonError for anything else
 */
export function checkDeployment({ ref, environment, branches }: Deployment): void {
  const isRelease = RELEASE.test(ref);
  if (environment !== PRODUCTION && (isRelease || ref === `refs/heads/${DEVELOPMENT}`)) return;
  if (environment !== PRODUCTION)
    throw problem(
      ref,
      `is not deployed to ${environment}: that takes the branch ${DEVELOPMENT}, or a release`,
    );
  if (!isRelease)
    throw problem(ref, `is no release: ${PRODUCTION} takes tags such as v1.2.0 of commits on main or master`);
  if (!branches.some((branch) => RELEASED.includes(branch)))
    throw problem(
      ref,
      `is on neither main nor master but on ${listed(branches)}: merge it there by a pull request, and tag the merged commit`,
    );
}

const problem = (where: string, message: string) => new KeelsonError('Git flow', [{ where, message }]);
