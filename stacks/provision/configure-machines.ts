import type { Problem } from '../../lib/config/problem.js';
import { rollingUpdate } from '../machine/rolling-update.js';
import { loginCommand } from '../machine/ssh-machine.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { Made } from './made-machines.js';
import { nodeOf, secretsOf } from './node-of.js';
import type { ProvisionOptions } from './provision-options.js';
import { type ReachableMachine, sshMachines } from './ssh-machines.js';

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

/** What a person does about a machine that does not answer. */
function wayOn(
  hostname: string,
  { name }: ClusterToMake,
  machines: readonly ReachableMachine[],
  { synthesis }: ProvisionOptions,
): Problem {
  const environment = synthesis.stacks.find(
    ({ kind, cluster }) => kind === 'environment' && cluster === name,
  );
  const verb = (text: string) => `npx keelson ${text}${environment ? ` --env ${environment.name}` : ''}`;
  const isAgent = machines.some(({ machine, role }) => machine.name === hostname && role === 'agent');
  const server = machines.find(({ machine, role }) => machine.name !== hostname && role === 'server');
  const removal =
    isAgent && server
      ? `; to go on without it, take it out of agents, and where it is dead and cannot be drained, first: ${loginCommand(server.machine, `k3s kubectl delete node ${hostname}`)}`
      : '';
  return {
    where: `droplet ${hostname}`,
    message: `${verb('refresh')} finds out whether it is still there, and then the next up makes it anew; ${verb('up --no-machines')} deploys without a look at the machines${removal}`,
  };
}
