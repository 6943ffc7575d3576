import { rollingUpdate } from '../machine/rolling-update.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { Made } from './made-machines.js';
import { nodeOf, secretsOf } from './node-of.js';
import type { ProvisionOptions } from './provision-options.js';
import { sshMachines } from './ssh-machines.js';
import { wayOn } from './way-on.js';

/**
 * Makes the machines that are there what the application says of them, one after the other, servers first: waits for
 * new ones to become NixOS, and touches none that is it already.
 *
 * @throws KeelsonError as `rollingUpdate` does.
 */
export async function configureMachines(
  cluster: ClusterToMake,
  made: Made,
  options: ProvisionOptions,
): Promise<void> {
  const { keys, snapshots } = made;
  if (keys === undefined) return;
  const { files, report, signal } = options;
  const machines = sshMachines(made, options);
  await rollingUpdate(
    machines.map(({ machine, ...role }) => ({
      machine,
      confirmed: made.hostKeys[machine.name]?.address === role.address,
      node: nodeOf(cluster, role, keys, snapshots),
      secrets: secretsOf(role, keys, snapshots),
    })),
    { files, report, signal, goOn: (hostname) => wayOn(hostname, cluster, machines, options) },
  );
}
