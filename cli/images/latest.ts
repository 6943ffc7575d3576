import semver from 'semver';

/**
 * The newest of some tags, as semantic versions compare; `v1.2.3` counts, what is no version does not.
 *
 * @param withPrereleases whether `1.5.0-rc.1` counts too
 */
export const newestVersion = (tags: readonly string[], withPrereleases: boolean): string | undefined =>
  tags
    .filter((tag) => semver.valid(tag) !== null)
    .filter((tag) => withPrereleases || semver.prerelease(tag) === null)
    .sort(semver.rcompare)[0];
