import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Connections, withConnections } from './connections.js';
import { type HeldConnection, holdConnection } from './held-connection.js';
import { RemoteError, tail } from './remote-error.js';
import { type ProcessOptions, runProcess } from './run-process.js';
import { sshArguments } from './ssh-arguments.js';
import { SshError, sshError } from './ssh-error.js';
import type { SshMachine } from './ssh-machine.js';

export interface SshOptions {
  readonly signal?: AbortSignal;
  /** Seconds. @default 15 */
  readonly connectTimeout?: number;
  /** That other logins use, too. @default of this login alone */
  readonly connections?: Connections;
}

export interface CommandOptions extends Pick<ProcessOptions, 'input' | 'output' | 'onLine'> {
  /** What it is for, as an error says it. */
  readonly what: string;
  /** A connection of its own, which shows that one can be made. @default false */
  readonly fresh?: boolean;
  /** Let ssh say in `stderr` how it connects, which `fresh` needs too. @default false */
  readonly verbose?: boolean;
}

/** Logins to one machine. */
export interface Ssh {
  readonly machine: SshMachine;
  readonly signal: AbortSignal | undefined;
  /**
   * @param command for the machine's shell: without secrets, which go through `input`
   * @throws SshError where SSH failed, RemoteError where the command did.
   */
  run(
    command: string,
    options: CommandOptions,
  ): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Leaves the connection, so that the next command makes another. */
  reconnect(): Promise<void>;
  /** @param extra arguments of `ssh`, such as a forward */
  hold(extra: readonly string[], signal?: AbortSignal): Promise<HeldConnection>;
}

/**
 * Logs in with the system's `ssh` for as long as `use` takes, over one connection; nothing is left afterwards but the
 * host key.
 *
 * @throws SshError for what goes wrong with the key or the connection, explained.
 * @example
 * await withSsh(machine, {}, (ssh) => ssh.run('uptime', { what: 'uptime' }));
 */
export async function withSsh<T>(
  machine: SshMachine,
  options: SshOptions,
  use: (ssh: Ssh) => Promise<T>,
): Promise<T> {
  const { signal, connectTimeout } = options;
  signal?.throwIfAborted();
  mkdirSync(dirname(machine.knownHosts), { recursive: true, mode: 0o700 });
  return await withConnections(async (connections) => {
    const run: Ssh['run'] = async (command, how) => {
      const route = how.fresh
        ? await connections.own(machine, connectTimeout)
        : await connections.kept(machine, connectTimeout, signal);
      return await runCommand(machine, sshArguments(machine, route), command, { ...how, signal });
    };
    const hold: Ssh['hold'] = async (extra, until = signal) => {
      const route = await connections.own(machine, connectTimeout);
      return await holdConnection(machine, [...extra, ...sshArguments(machine, route)], until);
    };
    return await use({ machine, signal, run, hold, reconnect: () => connections.leave(machine) });
  }, options.connections);
}

async function runCommand(
  machine: SshMachine,
  args: readonly string[],
  command: string,
  options: CommandOptions & Pick<ProcessOptions, 'signal'>,
): Promise<{ stdout: string; stderr: string }> {
  const { what, fresh: _, verbose = false, ...rest } = options;
  const { status, stdout, stderr } = await runProcess(
    'ssh',
    [...(verbose ? ['-v'] : []), ...args, command],
    rest,
  ).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new SshError(machine, 'no ssh', '') : error;
  });
  if (status === 255 || status === null) throw sshError(machine, stderr);
  if (status !== 0) throw new RemoteError(machine, what, status, tail(withoutWarnings(stderr)));
  return { stdout, stderr };
}

/** What ssh itself says of a host key that it learns. */
const withoutWarnings = (text: string): string => text.replaceAll(/^Warning: Permanently added .*\n/gm, '');
