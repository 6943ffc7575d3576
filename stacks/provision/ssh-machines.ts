import { withSsh } from '../machine/ssh.js';
import { SshError } from '../machine/ssh-error.js';
import type { SshMachine } from '../machine/ssh-machine.js';
import type { Made, MadeMachine } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';

export interface ReachableMachine extends MadeMachine {
  readonly machine: SshMachine;
}

/** The machines as SSH reaches them: with their own key, which is in no file. */
export function sshMachines(
  { keys, machines }: Made,
  { knownHosts, route }: Pick<ProvisionOptions, 'knownHosts' | 'route'>,
): ReachableMachine[] {
  if (keys === undefined) return [];
  const identity = { privateKey: keys.privateKey };
  return machines.map((made) => ({
    ...made,
    machine: {
      ...{ name: made.hostname, address: made.address, identity, knownHosts },
      ...route?.(made.hostname),
    },
  }));
}

/** The first server that answers: three go on without one. @throws SshError the first one's where none does */
export async function answeringServer(
  machines: readonly ReachableMachine[],
  signal?: AbortSignal,
): Promise<SshMachine | undefined> {
  const [first, ...others] = machines.filter(({ role }) => role === 'server').map(({ machine }) => machine);
  if (first === undefined || others.length === 0) return first;
  const failures: unknown[] = [];
  for (const machine of [first, ...others]) {
    try {
      await withSsh(machine, { signal }, (ssh) => ssh.run('true', { what: 'log in' }));
      return machine;
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}
