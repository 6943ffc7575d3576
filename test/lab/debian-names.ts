import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { NoLab } from './no-lab.js';

/** What Debian 13 and Ubuntu 24.04 have appended to libraries whose numbers for time grew. */
const LARGER_TIME = 't64';

/**
 * What this machine's apt calls packages that are given by their names in Debian 12.
 *
 * @throws NoLab where it has some of them under no name
 */
export async function packageNames(packages: readonly string[]): Promise<string[]> {
  const asked = packages.flatMap((name) => [name, `${name}${LARGER_TIME}`]);
  const { stdout } = await promisify(execFile)('apt-cache', ['policy', ...asked], {
    env: { ...process.env, LC_ALL: 'C' },
  });
  const known = candidates(stdout);
  const found = packages.map((name) =>
    [name, `${name}${LARGER_TIME}`].find((candidate) => known.has(candidate)),
  );
  const missing = packages.filter((_, index) => found[index] === undefined);
  if (missing.length > 0)
    throw new NoLab(
      `apt has no package ${missing.join(', ')}: run apt-get update, or take a Debian 12, where the lab was tried`,
    );
  return found.filter((name) => name !== undefined);
}

/** Names of the packages that `apt-cache policy` has something to install of. */
const candidates = (policy: string): ReadonlySet<string> =>
  new Set(
    [...policy.matchAll(/^(\S+):\n(?: .*\n)*? {2}Candidate: (?!\(none\))/gm)].map(([, name = '']) => name),
  );
