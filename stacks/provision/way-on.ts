import type { Problem } from '../../lib/config/problem.js';
import { loginCommand } from '../machine/ssh-machine.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { ProvisionOptions } from './provision-options.js';
import type { ReachableMachine } from './ssh-machines.js';

type Of = Pick<ClusterToMake, 'name'>;
type In = Pick<ProvisionOptions, 'synthesis'>;

/** A command of Keelson for a cluster: with an environment of it, for none takes a cluster's name. */
export function commandFor({ name }: Of, { synthesis }: In): (verb: string) => string {
  const environment = synthesis.stacks.find(
    ({ kind, cluster }) => kind === 'environment' && cluster === name,
  );
  return (verb) => `npx keelson ${verb}${environment ? ` --env ${environment.name}` : ''}`;
}

/** What a person does about a machine that does not answer: its droplet may be gone, and only a refresh asks for it. */
export function wayOn(
  hostname: string,
  cluster: Of,
  machines: readonly Pick<ReachableMachine, 'machine' | 'role'>[],
  options: In,
): Problem {
  const command = commandFor(cluster, options);
  const isAgent = machines.some(({ machine, role }) => machine.name === hostname && role === 'agent');
  const server = machines.find(({ machine, role }) => machine.name !== hostname && role === 'server');
  const others = server ? `; ${command('up --no-machines')} deploys without a look at the machines` : '';
  const removal =
    isAgent && server
      ? `; to go on without it, take it out of agents, and where it is dead and cannot be drained, first: ${loginCommand(server.machine, `k3s kubectl delete node ${hostname}`)}`
      : '';
  return {
    where: `droplet ${hostname}`,
    message: `${command('refresh')} finds out whether it is still there; where it is gone, the next up makes it anew${others}${removal}`,
  };
}
