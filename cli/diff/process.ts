import { spawn } from 'node:child_process';
import { onExit } from 'signal-exit';

export interface Ended {
  readonly status: number | null;
  /** Both streams, as a person would have seen them. */
  readonly output: string;
}

/** Runs a program to its end; it does not outlive this process. */
export function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = onExit(() => void child.kill());
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (status) => resolve({ status, output }));
  }).finally(forget);
}
