import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onExit } from 'signal-exit';
import { type HeldConnection, holdConnection } from './held-connection.js';
import { identityAgent } from './identity-agent.js';
import { RemoteError, tail } from './remote-error.js';
import { type ProcessOptions, runProcess } from './run-process.js';
import { sshArguments } from './ssh-arguments.js';
import { SshError, sshError } from './ssh-error.js';
import type { SshMachine } from './ssh-machine.js';

export interface SshOptions {
  readonly signal?: AbortSignal;
  /** One connection for all commands. @default false: one each */
  readonly shared?: boolean;
  /** Seconds. @default 15 */
  readonly connectTimeout?: number;
}

export interface CommandOptions extends Pick<ProcessOptions, 'input' | 'output' | 'onLine'> {
  /** What it is for, as an error says it. */
  readonly what: string;
  /** A connection of its own, also where others share one. @default false */
  readonly fresh?: boolean;
  /** Let ssh say in `stderr` what it does, which `fresh` needs too. @default false */
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
  /** @param extra arguments of `ssh`, such as a forward */
  hold(extra: readonly string[], signal?: AbortSignal): Promise<HeldConnection>;
}

/**
 * Logs in with the system's `ssh` for as long as `use` takes; nothing is left afterwards but the host key.
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
  const { signal, shared = false, connectTimeout } = options;
  const { identity = 'own' } = machine;
  signal?.throwIfAborted();
  mkdirSync(dirname(machine.knownHosts), { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(tmpdir(), 'keelson-ssh-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const forget = onExit(remove);
  const agent =
    typeof identity === 'object' && 'privateKey' in identity
      ? await identityAgent(machine, [identity.privateKey].flat(), folder).catch((error: unknown) => {
          forget();
          remove();
          throw error;
        })
      : undefined;
  const route = { agent: agent?.socket, connectTimeout };
  const control = shared ? join(folder, 'control') : undefined;
  let master: HeldConnection | undefined;
  try {
    if (control !== undefined)
      master = await holdConnection(machine, ['-M', '-S', control, ...sshArguments(machine, route)], signal);
    return await use({
      machine,
      signal,
      // Where the shared connection is gone, ssh makes one of its own.
      run: (command, how) =>
        runCommand(machine, sshArguments(machine, how.fresh ? route : { ...route, control }), command, {
          ...how,
          signal,
        }),
      hold: (extra, until = signal) =>
        holdConnection(machine, [...extra, ...sshArguments(machine, route)], until),
    });
  } finally {
    await master?.close();
    agent?.close();
    forget();
    remove();
  }
}

async function runCommand(
  machine: SshMachine,
  args: readonly string[],
  command: string,
  options: CommandOptions & Pick<ProcessOptions, 'signal'>,
): Promise<{ stdout: string; stderr: string }> {
  const { what, verbose = false, ...rest } = options;
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
