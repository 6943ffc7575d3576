import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

const running = new Set<ChildProcess>();

/** A process that ends with the language host. @returns its exit code once it ended */
export function runChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  onStart: (child: ChildProcess) => void = () => {},
): Promise<number | string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, options);
    running.add(child);
    onStart(child);
    child.once('error', reject).once('close', (code, signal) => {
      running.delete(child);
      resolve(code ?? signal ?? 'no exit code');
    });
  });
}

export function endChildren(): void {
  for (const child of running) child.kill('SIGINT');
}
