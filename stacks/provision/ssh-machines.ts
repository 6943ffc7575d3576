import { withSsh } from '../machine/ssh.js';
import { SshError } from '../machine/ssh-error.js';
import type { SshMachine } from '../machine/ssh-machine.js';
import { writeKnownHosts } from './host-keys.js';
import type { Made, MadeMachine } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';

export interface ReachableMachine extends MadeMachine {
  readonly machine: SshMachine;
}

/**
 * The machines as SSH reaches them: with their own key, which is in no file, and with the host keys that the state has,
 * which `knownHosts` is told.
 */
export function sshMachines(
  made: Made,
  { knownHosts, route }: Pick<ProvisionOptions, 'knownHosts' | 'route'>,
): ReachableMachine[] {
  const { keys, formerKeys, machines } = made;
  if (keys === undefined) return [];
  writeKnownHosts(knownHosts, made);
  const identity = { privateKey: [keys, ...(formerKeys ? [formerKeys] : [])].map((one) => one.privateKey) };
  return machines.map((one) => ({
    ...one,
    machine: {
      ...{ name: one.hostname, address: one.address, identity, knownHosts },
      ...route?.(one.hostname),
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
      await withSsh(machine, { signal }, (ssh) => ssh.run('true', { what: 'log in', fresh: true }));
      return machine;
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      failures.push(error);
    }
  }
  throw failures[0];
}
