import { isDeepStrictEqual } from 'node:util';
import { KeelsonError } from '../lib/config/problem.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { type Checkpoint, exportState } from './state-export.js';

const MOST_ATTEMPTS = 5;

/**
 * Replaces the state by what becomes of it. The engine's export and import know nothing of each other, and somebody
 * else may bring the stack up between them: the state is looked at once more when the import is about to read it, and
 * where it is another one than before, all begins again with that.
 *
 * @param change asked again where the state was another one; the same object where there is nothing to change
 * @returns what the state is now
 * @throws KeelsonError where somebody else is faster every time
 */
export async function changeState(
  options: DeployOptions,
  change: (state: Checkpoint) => Checkpoint,
): Promise<Checkpoint> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const before = await exportState(options);
    const after = change(before);
    if (after === before || (await replaced(options, before, after))) return after;
  }
  throw new KeelsonError('The state', [
    {
      where: options.stack,
      message: `was changed by somebody else ${MOST_ATTEMPTS} times while it was to be mended; wait for the end of their run, then repeat the command`,
    },
  ]);
}

/** @returns whether it was still the state of before */
async function replaced(options: DeployOptions, before: Checkpoint, after: Checkpoint): Promise<boolean> {
  let isSame = true;
  const look = async () => {
    isSame = isDeepStrictEqual(await exportState(options), before);
    // Without input the engine refuses to import.
    return isSame ? JSON.stringify(after) : '';
  };
  try {
    await runEngine(['stack', 'import'], options, look);
    return true;
  } catch (error) {
    if (isSame) throw error;
    return false;
  }
}
