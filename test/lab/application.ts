import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { LabFolders } from './node/folders.js';
import type { UpTimes } from './up-times.js';

const ROOT = join(__dirname, '../..');

export const EXAMPLES = join(ROOT, 'examples');

/** A copy of an example that is brought up as `keelson up` does it, and can be edited. */
export interface LabApplication {
  /** Folder of the copy. */
  readonly root: string;
  /** @param stacks names; a cluster's ends with `-cluster` */
  up(...stacks: readonly string[]): Promise<UpTimes>;
  /** Takes environments down again. */
  destroy(...stacks: readonly string[]): Promise<void>;
}

/** Copies an example. @param environments those of its environments that are brought up */
export function copyExample(
  folders: LabFolders,
  name: string,
  ...environments: readonly string[]
): LabApplication {
  const root = join(folders.applications, name);
  cpSync(join(EXAMPLES, name), root, { recursive: true });
  const run = (verb: string, stacks: readonly string[]) =>
    runProgram('test/lab/up.ts', verb, root, environments.join(), ...stacks);
  return {
    root,
    up: (...stacks) => run('up', stacks),
    destroy: async (...stacks) => void (await run('destroy', stacks)),
  };
}

/** A process of its own, as a person's `up` is: what it computes slows down nothing that is measured here. */
async function runProgram(file: string, ...args: readonly string[]): Promise<UpTimes> {
  const program = ['node_modules/jiti/lib/jiti-cli.mjs', file, ...args];
  const child = spawn(process.execPath, program, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let times: UpTimes | undefined;
  child.on('message', (message) => {
    times = message as UpTimes;
  });
  const status = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (status !== 0 || !times) throw new Error(`${file} ${args.join(' ')} ended with ${status}`);
  return times;
}
