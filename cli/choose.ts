import { didYouMean, KeelsonError, listed } from '../lib/config/problem.js';

/** @throws KeelsonError with the names that are allowed, for another one or none */
export function choose<T>(where: string, given: string | undefined, all: Readonly<Record<string, T>>): T {
  const names = Object.keys(all);
  const found = given === undefined || !Object.hasOwn(all, given) ? undefined : all[given];
  if (found !== undefined) return found;
  const what =
    given === undefined ? 'is missing;' : `there is no "${given}"${didYouMean(given, names) || ';'}`;
  throw new KeelsonError('The command', [{ where, message: `${what} allowed: ${listed(names)}` }]);
}
