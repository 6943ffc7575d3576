import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeployOptions } from './deploy-options.js';
import { ONE_CHECKPOINT } from './run-journal.js';
import { lockInFolder } from './stack-lock.js';
import { keelsonFolder, stateFile, stateFolder } from './state-folder.js';

/**
 * Works on a stack's state while nobody else can change it, with several commands of the engine: each of those has the
 * lock for itself alone, and another's run fits between two. Where the state lies in a folder, they are given a copy
 * of it, and the stack is locked for everybody until that takes the place of the state; a failure leaves the state as
 * it was. Elsewhere nobody but the engine can lock: the work is done on the state itself.
 *
 * @throws what the engine says where somebody else holds the lock
 */
export async function holdingState<T>(
  options: DeployOptions,
  work: (held: DeployOptions) => Promise<T>,
): Promise<T> {
  const { synthesis, stack } = options;
  const folder = stateFolder(options);
  const state = stateFile(options);
  const own = keelsonFolder(options);
  if (folder === undefined || state === undefined || own === undefined) return work(options);
  const unlock = lockInFolder(folder, synthesis.application, stack);
  const copy = join(own, 'copy');
  try {
    // A run that was killed may have left one.
    rmSync(copy, { recursive: true, force: true });
    copyState(folder, state, copy);
    const url = pathToFileURL(copy).href;
    // Nobody needs what a killed engine leaves of a copy.
    const env = { ...options.env, PULUMI_BACKEND_URL: url, [ONE_CHECKPOINT]: 'true' };
    const held = { ...options, backendUrl: url, env };
    const result = await work(held);
    const worked = stateFile(held);
    if (worked !== undefined && !readFileSync(worked).equals(readFileSync(state))) putBack(worked, state);
    return result;
  } finally {
    rmSync(copy, { recursive: true, force: true });
    unlock();
  }
}

function copyState(folder: string, state: string, copy: string): void {
  const copied = join(copy, relative(folder, state));
  mkdirSync(dirname(copied), { recursive: true, mode: 0o700 });
  // What the engine notes of the whole folder; one without it is of an older form.
  const meta = join('.pulumi', 'meta.yaml');
  if (existsSync(join(folder, meta))) copyFileSync(join(folder, meta), join(copy, meta));
  copyFileSync(state, copied);
}

/** As the engine replaces a state: the one before stays beside it. */
function putBack(worked: string, state: string): void {
  // In the form in which the engine wrote it now.
  const target = join(dirname(state), basename(worked));
  const before = `${worked}.before`;
  copyFileSync(state, before);
  renameSync(before, `${target}.bak`);
  // Checksums of what they stood beside; they may be missing.
  for (const file of [`${target}.attrs`, `${target}.bak.attrs`]) rmSync(file, { force: true });
  renameSync(worked, target);
  if (target !== state) for (const file of [state, `${state}.attrs`]) rmSync(file, { force: true });
}
