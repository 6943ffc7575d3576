import { KeelsonError } from '../../lib/config/problem.js';
import type { SshMachine } from './ssh-machine.js';

/** Lines that are shown of what a command wrote. */
const SHOWN = 20;

/** A command ran on the machine and failed. */
export class RemoteError extends KeelsonError {
  override readonly name = 'KeelsonError';

  constructor(
    machine: SshMachine,
    what: string,
    readonly status: number,
    /** The end of what it wrote. */
    readonly output: string,
  ) {
    super(`Machine "${machine.name}"`, [
      { where: what, message: `failed with code ${status}${output && `:\n${output}`}` },
    ]);
  }
}

/** The last lines, indented. */
export const tail = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .slice(-SHOWN)
    .map((line) => `    ${line}`)
    .join('\n');
