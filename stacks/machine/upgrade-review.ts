import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import type { NodeSettings } from '../../lib/machine/node.js';
import { k3sUpgrade } from './k3s-upgrade.js';
import type { MachineState } from './machine-state.js';
import type { SshMachine } from './ssh-machine.js';

/**
 * Looks at every machine's step of k3s before the first one is touched: a roll that stopped at the second machine would
 * leave servers two minors apart, which Kubernetes does not support.
 *
 * @param states of the machines, by name
 * @returns what will change for those who use the cluster, a line each
 * @throws KeelsonError naming every machine whose step is refused.
 * @see https://kubernetes.io/releases/version-skew-policy/
 */
export function reviewUpgrades(
  machines: readonly { readonly machine: SshMachine; readonly node: NodeSettings }[],
  states: ReadonlyMap<string, MachineState>,
): readonly string[] {
  const problems: Problem[] = [];
  const lines = machines.flatMap(({ machine, node }) => {
    const { tree, k3s } = states.get(machine.name) ?? {};
    // Before the first confirmation no k3s has run that could be upgraded.
    if (tree === undefined || k3s === undefined) return [];
    try {
      return k3sUpgrade(k3s, node.versions.k3s).map(
        ({ what, source }) => `${machine.name}: ${k3s} → ${node.versions.k3s}: ${what} (${source})`,
      );
    } catch (error) {
      if (!(error instanceof KeelsonError)) throw error;
      problems.push(...error.problems.map(({ message }) => ({ where: machine.name, message })));
      return [];
    }
  });
  if (problems.length > 0)
    throw new KeelsonError('The upgrade of k3s, before which nothing was changed', problems);
  return lines;
}
