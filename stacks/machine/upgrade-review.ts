import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { k3sUpgrade } from './k3s-upgrade.js';

/** A machine's step of k3s. */
export interface ReviewedMachine {
  readonly name: string;
  /** Package of k3s that runs; undefined where none was ever confirmed, and there is nothing to upgrade. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/**
 * Looks at every machine's step of k3s before the first one is touched: a roll that stopped at the second machine would
 * leave servers two minors apart, which Kubernetes does not support.
 *
 * @returns what will change for those who use the cluster, a line each
 * @throws KeelsonError naming every machine whose step is refused.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export function reviewUpgrades(machines: readonly ReviewedMachine[]): readonly string[] {
  const problems: Problem[] = [];
  const lines = machines.flatMap(({ name, from, to }) => {
    if (from === undefined || to === undefined) return [];
    try {
      return k3sUpgrade(from, to).map(({ what, source }) => `${name}: ${from} → ${to}: ${what} (${source})`);
    } catch (error) {
      if (!(error instanceof KeelsonError)) throw error;
      problems.push(...error.problems.map(({ message }) => ({ where: name, message })));
      return [];
    }
  });
  if (problems.length > 0)
    throw new KeelsonError('The upgrade of k3s, before which nothing was changed', problems);
  return lines;
}
