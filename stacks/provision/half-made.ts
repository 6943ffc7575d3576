import { KeelsonError } from '../../lib/config/problem.js';
import { resourceName } from '../resource-name.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { ProvisionOptions } from './provision-options.js';
import type { StackState } from './stack-state.js';
import { commandFor } from './way-on.js';

/** What a run was making when it was killed: `Droplet main-server-1`. */
export const halfMade = ({ pending }: StackState): string[] =>
  pending
    .filter(({ type }) => type === 'creating')
    .map(({ urn }) => {
      const { kind, name } = resourceName(urn);
      return `${kind} ${name}`;
    });

/**
 * A run that was killed leaves open whether something is there, and costs: it is not made a second time by guess.
 *
 * @throws KeelsonError
 */
export function refuseHalfMade(cluster: ClusterToMake, state: StackState, options: ProvisionOptions): void {
  const found = halfMade(state);
  if (found.length === 0) return;
  const refresh = commandFor(cluster, options)('refresh');
  throw new KeelsonError(
    `The machines of ${cluster.name}`,
    found.map((where) => ({
      where,
      message: `was being made when a run was killed, and may be there, and cost. Look for it in DigitalOcean's control panel and delete it there; then ${refresh} forgets it, and the next up makes it`,
    })),
  );
}
