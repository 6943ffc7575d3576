import { spawn } from 'node:child_process';

export interface ProcessOptions {
  /** Besides the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads: the way of every secret. @default nothing */
  readonly input?: string | Uint8Array;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Called with each line of its standard error. */
  readonly onLine?: (line: string) => void;
}

export interface ProcessOutcome {
  /** null where a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws where it cannot be started (ENOENT), and the reason of the signal where that came. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessOutcome> {
  const { env, input = '', signal, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill, { once: true });
  const stdout: Buffer[] = [];
  let stderr = '';
  let shown = 0;
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    for (let end = stderr.indexOf('\n', shown); end !== -1; end = stderr.indexOf('\n', shown)) {
      const line = stderr.slice(shown, end).trim();
      if (line !== '') onLine?.(line);
      shown = end + 1;
    }
  });
  // It may end before it has read everything; its exit code says why.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal?.throwIfAborted();
    return { status, stdout: Buffer.concat(stdout).toString('utf8'), stderr };
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}
