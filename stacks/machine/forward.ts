import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../../lib/progress.js';
import type { HeldConnection } from './held-connection.js';
import { type Ssh, type SshOptions, withSsh } from './ssh.js';
import { SshError } from './ssh-error.js';
import type { SshMachine } from './ssh-machine.js';

export interface ForwardOptions extends Pick<SshOptions, 'signal' | 'connectTimeout'> {
  /** Port on the machine's 127.0.0.1. @default 6443: the API of Kubernetes */
  readonly remotePort?: number;
  /** Port of this machine that is tried first. @default a free one */
  readonly port?: number;
  /** Milliseconds for which a broken forward is opened again. @default 2 minutes */
  readonly patience?: number;
  readonly report?: Report;
}

export interface Forward {
  readonly port: number;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** Given when the forward is lost for good, or the caller's own signal is. */
  readonly signal: AbortSignal;
}

/** Below what Linux and macOS give to outgoing connections: one of these could take the port while it is reopened. */
const LOWEST = 20_000;
const HIGHEST = 29_999;
const TRIES = 10;
/** Milliseconds between two tries to open it again. */
const PAUSE = 500;

/**
 * A port of this machine that leads to one of the other's, for as long as `use` takes: opened again where the connection
 * breaks, on the same port, and closed at the end, also where this process is killed.
 *
 * @throws SshError where it cannot be opened, or not again within `patience`.
 * @example
 * await withForward(machine, async ({ server }) => deploy(withServer(kubeconfig, server)));
 */
export async function withForward<T>(
  machine: SshMachine,
  use: (forward: Forward) => Promise<T>,
  options: ForwardOptions = {},
): Promise<T> {
  const { signal } = options;
  return await withSsh(machine, options, async (ssh) => {
    const over = new AbortController();
    const stop = () => over.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    const { port, connection } = await openAnywhere(ssh, options);
    const kept = keepOpen(ssh, port, connection, over, options);
    try {
      const forward = { port, server: `https://127.0.0.1:${port}`, signal: over.signal };
      return await Promise.race([use(forward), lost(over.signal)]);
    } finally {
      signal?.removeEventListener('abort', stop);
      over.abort(DONE);
      await kept;
    }
  });
}

const DONE = new Error('the forward is no longer needed');

const lost = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function openAnywhere(
  ssh: Ssh,
  options: ForwardOptions,
): Promise<{ readonly port: number; readonly connection: HeldConnection }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = (attempt === 1 && options.port) || randomInt(LOWEST, HIGHEST + 1);
    try {
      return { port, connection: await open(ssh, port, options) };
    } catch (error) {
      if (!(error instanceof SshError) || error.fault !== 'port in use' || attempt === TRIES) throw error;
    }
  }
}

const open = (
  ssh: Ssh,
  port: number,
  { remotePort = 6443, signal }: ForwardOptions,
): Promise<HeldConnection> =>
  ssh.hold(['-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${port}:127.0.0.1:${remotePort}`], signal);

/** Ends when `over` is given; gives it itself where the forward is lost for good. */
async function keepOpen(
  ssh: Ssh,
  port: number,
  first: HeldConnection,
  over: AbortController,
  options: ForwardOptions,
): Promise<void> {
  const { patience = 2 * 60_000, report } = options;
  const name = ssh.machine.name;
  for (let connection: HeldConnection | undefined = first; connection !== undefined; ) {
    const ended = new AbortController();
    const close = () => void connection?.close();
    over.signal.addEventListener('abort', close, { once: true, signal: ended.signal });
    if (over.signal.aborted) close();
    await connection.gone;
    ended.abort();
    if (over.signal.aborted) return;
    report?.(`${name}: the forward of port ${port} broke; opening it again`);
    connection = await openAgain(ssh, port, { over, patience, options });
  }
}

async function openAgain(
  ssh: Ssh,
  port: number,
  how: { readonly over: AbortController; readonly patience: number; readonly options: ForwardOptions },
): Promise<HeldConnection | undefined> {
  const { over, patience, options } = how;
  const limit = Date.now() + patience;
  while (!over.signal.aborted) {
    try {
      return await open(ssh, port, { ...options, signal: over.signal });
    } catch (error) {
      const passing = error instanceof SshError && (error.passing || error.fault === 'port in use');
      if (!over.signal.aborted && (!passing || Date.now() > limit)) over.abort(error);
    }
    await sleep(PAUSE, undefined, { signal: over.signal }).catch(() => {});
  }
  return undefined;
}
