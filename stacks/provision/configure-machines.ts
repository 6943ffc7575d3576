import { withConnections } from '../machine/connections.js';
import { rollingUpdate } from '../machine/rolling-update.js';
import { rotateServerToken } from '../machine/server-token.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { Made, MadeMachine } from './made-machines.js';
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
  const { keys, formerKeys } = made;
  if (keys === undefined) return;
  const { files, report, signal } = options;
  const machines = sshMachines(made, options);
  const isConfirmed = ({ hostname, address }: MadeMachine) => made.hostKeys[hostname]?.address === address;
  await withConnections(async (connections) => {
    if (formerKeys !== undefined && formerKeys.token !== keys.token) {
      const servers = machines.filter((one) => one.role === 'server' && isConfirmed(one));
      const change = { former: formerKeys.token, token: keys.token };
      await rotateServerToken(
        servers.map(({ machine }) => machine),
        change,
        { connections, report, signal },
      );
    }
    await rollingUpdate(
      machines.map(({ machine, ...role }) => ({
        machine,
        confirmed: isConfirmed(role),
        node: nodeOf(cluster, role, keys, made),
        secrets: secretsOf(role, keys, made),
      })),
      { connections, files, report, signal, goOn: (hostname) => wayOn(hostname, cluster, machines, options) },
    );
  });
}
