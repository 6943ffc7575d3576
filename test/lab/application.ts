import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { LabFolders } from './node/folders.js';

const ROOT = join(__dirname, '../..');

export const EXAMPLES = join(ROOT, 'examples');

/** A copy of an example that is brought up as `keelson up` does it, and can be edited. */
export interface LabApplication {
  /** Folder of the copy. */
  readonly root: string;
  /** @param stacks names; a cluster's ends with `-cluster` */
  up(...stacks: readonly string[]): Promise<void>;
}

/** Copies an example. @param environment the one of its environments that is brought up */
export function copyExample(folders: LabFolders, name: string, environment: string): LabApplication {
  const root = join(folders.applications, name);
  cpSync(join(EXAMPLES, name), root, { recursive: true });
  return { root, up: (...stacks) => runProgram('test/lab/up.ts', root, environment, ...stacks) };
}

/** A process of its own, as a person's `up` is: what it computes slows down nothing that is measured here. */
async function runProgram(file: string, ...args: readonly string[]): Promise<void> {
  const program = ['node_modules/jiti/lib/jiti-cli.mjs', file, ...args];
  const child = spawn(process.execPath, program, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${status}`);
}
