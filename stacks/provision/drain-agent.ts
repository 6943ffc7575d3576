import { removeNode } from '../machine/drain.js';
import type { Made } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';
import { answeringServer, sshMachines } from './ssh-machines.js';

/**
 * Takes a machine's Kubernetes node out of the cluster before its droplet is deleted, through a server that answers: of
 * three the first may be the one that is down. Where no server goes on there is nowhere to drain to.
 *
 * @throws KeelsonError where the node does not get empty; SshError where no server answers.
 */
export async function drainAgent(
  hostname: string,
  made: Made,
  options: Pick<ProvisionOptions, 'knownHosts' | 'route' | 'report' | 'signal'>,
): Promise<void> {
  const { report, signal } = options;
  const others = sshMachines(made, options).filter(({ machine }) => machine.name !== hostname);
  const server = await answeringServer(others, signal);
  if (server !== undefined) await removeNode(server, hostname, { report, signal });
}
