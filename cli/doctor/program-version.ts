import { withDeadline } from '../../embedded/deadline.js';
import { codeOf } from '../../embedded/message-of.js';
import { runProcess } from '../../stacks/machine/run-process.js';

/** Milliseconds after which a program that hangs is given up. */
const PATIENCE = 10_000;

/** What a program says of itself. */
export type ProgramAnswer =
  | { readonly kind: 'version'; readonly version: string }
  | { readonly kind: 'absent' }
  /** It is there, and does not work: its last words. */
  | { readonly kind: 'failed'; readonly message: string };

/** Runs a program and takes the first number with dots out of what it says. */
export async function programVersion(command: string, args: readonly string[]): Promise<ProgramAnswer> {
  try {
    const { status, stdout, stderr } = await withDeadline(PATIENCE, undefined, ({ signal }) =>
      runProcess(command, args, { signal }),
    );
    const [version] = /\d+(\.\d+)+/.exec(stdout) ?? [];
    if (status === 0 && version !== undefined) return { kind: 'version', version };
    const [line = ''] = stderr.trim().split('\n');
    return { kind: 'failed', message: line.slice(0, 200) || `it ended with ${status}` };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'absent' };
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether a version is at least another one, number by number. */
export function isAtLeast(version: string, least: string): boolean {
  const [given, wanted] = [version, least].map((text) => text.split('.').map(Number));
  for (let index = 0; index < (wanted?.length ?? 0); index++) {
    const difference = (given?.[index] ?? 0) - (wanted?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
