import { spawn } from 'node:child_process';
import { onExit } from 'signal-exit';
import { SshError, sshError } from './ssh-error.js';
import type { SshMachine } from './ssh-machine.js';

/** A connection that stays, for what else goes through it. */
export interface HeldConnection {
  /** Resolves once it is gone, with the reason where nobody closed it. */
  readonly gone: Promise<SshError | undefined>;
  close(): Promise<void>;
}

const READY = 'held';
/** Ends when its input does: also where this process is killed and can close nothing any more. */
export const HOLD = `echo ${READY}; exec cat >/dev/null`;

/**
 * @param args arguments of `ssh` up to the command
 * @throws SshError where there is no connection, or what it is for cannot be set up.
 */
export async function holdConnection(
  machine: SshMachine,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<HeldConnection> {
  signal?.throwIfAborted();
  const child = spawn('ssh', [...args, HOLD], { stdio: 'pipe' });
  const forget = onExit(() => {
    child.kill();
  });
  let closed = false;
  let stderr = '';
  const close = async (): Promise<void> => {
    closed = true;
    child.kill();
    await gone;
  };
  const gone = new Promise<SshError | undefined>((resolve) => {
    const ended = (reason: SshError) => {
      forget();
      signal?.removeEventListener('abort', close);
      resolve(closed ? undefined : reason);
    };
    child.once('error', () => ended(new SshError(machine, 'no ssh', '')));
    child.once('close', () => ended(sshError(machine, stderr || 'disconnected')));
  });
  child.stdin.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  signal?.addEventListener('abort', close, { once: true });
  const ready = new Promise<'ready'>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes(READY) && resolve('ready'));
  });
  const first = await Promise.race([ready, gone]);
  signal?.throwIfAborted();
  if (first !== 'ready') throw first ?? sshError(machine, 'disconnected');
  return { gone, close };
}
