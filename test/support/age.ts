import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether age is installed; where it is not, the tests that need it say so and are left out. */
export function hasAge(): boolean {
  const found = spawnSync('age', ['--version']).status === 0;
  if (!found) console.warn('skipped: there is no age (apt-get install age)');
  return found;
}

/** `describe` where age is installed, and whatever else is needed; else it is skipped, and says why. */
export const describeWithAge = (others: () => jest.Describe = () => describe): jest.Describe =>
  hasAge() ? others() : describe.skip;

export interface AgeKey {
  /** With the private key. */
  readonly file: string;
  readonly recipient: string;
}

export function makeAgeKey(file: string): AgeKey {
  execFileSync('age-keygen', ['--output', file], { stdio: 'ignore' });
  return { file, recipient: /age1\w+/.exec(readFileSync(file, 'utf8'))?.[0] ?? '' };
}
