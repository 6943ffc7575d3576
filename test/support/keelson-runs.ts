import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './repository.js';

export interface KeelsonCommand {
  /** What stands behind `keelson`. */
  readonly args: readonly string[];
  readonly folder: string;
}

export interface KeelsonRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled command line, all commands in one process: a start costs more than most of them. */
export function runKeelson(commands: readonly KeelsonCommand[]): readonly KeelsonRun[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'test/support/keelson-runner.js')],
    { encoding: 'utf8', input: JSON.stringify(commands), env: { ...process.env, KEELSON_USER: '' } },
  );
  if (status !== 0) throw new Error(`the commands ended with ${status}:\n${stdout}${stderr}`);
  return JSON.parse(stdout) as KeelsonRun[];
}
