import { spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';

export interface ProcessOptions {
  /** Besides the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads: the way of every secret. @default nothing */
  readonly input?: string | Uint8Array | Readable;
  /** Takes its standard output, which is then not in the outcome; it is not ended. @default it is in the outcome */
  readonly output?: Writable;
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
  const { env, input = '', output, signal, onLine } = options;
  signal?.throwIfAborted();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  const kill = () => child.kill();
  signal?.addEventListener('abort', kill, { once: true });
  const stdout: Buffer[] = [];
  let stderr = '';
  let shown = 0;
  if (output) child.stdout.pipe(output, { end: false });
  else child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  // Who reads has gone: there is nothing left to do here.
  output?.once('error', kill);
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
  if (input instanceof Readable) input.once('error', kill).pipe(child.stdin);
  else child.stdin.end(input);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    signal?.throwIfAborted();
    return { status, stdout: Buffer.concat(stdout).toString('utf8'), stderr };
  } finally {
    signal?.removeEventListener('abort', kill);
    output?.off('error', kill);
  }
}
