import { ConcurrentUpdateError, type Stack } from '@pulumi/pulumi/automation';
import { untilGone } from './deletions.js';
import { deployError } from './deploy-failure.js';
import type { DeployOptions, Verb } from './deploy-options.js';
import { plannedCreations } from './planned-creations.js';
import { recover } from './recovery.js';
import { objectIn } from './resource-name.js';
import type { RunRecord } from './run-record.js';
import { isLeftBehind } from './stack-lock.js';
import { isCutOff, mendState } from './state-file.js';
import { stateFolder } from './state-folder.js';
import type { Resource } from './state-resource.js';
import { ACCESS_ALONE } from './targets.js';

/** Whether a state that was cut off is whole again, as it was before the run that was killed. */
export function stateMended(error: unknown, options: DeployOptions): boolean {
  const { synthesis, stack, report } = options;
  if (!isCutOff(String(error)) || !mendState(stateFolder(options), synthesis.application, stack))
    return false;
  report?.(`the state of ${stack} was cut off by a killed run; took the one before it`);
  return true;
}

export interface Failed {
  readonly verb: Verb;
  readonly stack: Stack;
  readonly record: RunRecord;
  readonly options: DeployOptions;
}

/** Whether what the run failed of is out of the way now. */
export async function mended(error: unknown, failed: Failed): Promise<boolean> {
  const { verb, stack, record, options } = failed;
  if (stateMended(error, options)) return true;
  const left = await unlockedNow(error, failed);
  if ((verb === 'destroy' || verb === 'refresh') && (await accessRenewed(error, stack, record, options)))
    return true;
  const { refused } = record;
  // The engine stops at the first that is refused: what it had not come to is most likely there as well.
  const planned = refused.length > 0 && options.only === undefined ? await plannedCreations(stack, {}) : [];
  return (await lookedUp([...planned, ...refused], failed)) || left;
}

/**
 * Looks up what the state may have wrong: objects that were refused as existing already, and those that an earlier run
 * was interrupted in. An up would take what is being deleted for unchanged, so it waits until that is gone.
 *
 * @returns whether the state is another one now
 */
export async function lookedUp(
  refused: readonly Resource[],
  { verb, record, options }: Failed,
): Promise<boolean> {
  const { unsure } = record;
  if (refused.length + unsure.size === 0) return false;
  const { found, gone } = await recover(options, refused, { touched: unsure });
  takenBack(found, options);
  const ended = verb === 'up' ? await untilGone(options, [...unsure, ...found]) : 0;
  return found.length + gone.length + ended > 0;
}

/** Whether what failed was refused because of a lock that a killed run left behind, which is gone now. */
export async function unlockedNow(
  error: unknown,
  { stack, options }: Pick<Failed, 'stack' | 'options'>,
): Promise<boolean> {
  if (!(error instanceof ConcurrentUpdateError && isLeftBehind(error.message))) return false;
  options.report?.(`removing the lock on ${options.stack} that a killed run left behind`);
  await stack.cancel();
  return true;
}

/** Objects that are named; of more it is said how many. */
const MOST_NAMED = 10;

/** Tells which objects were found. */
export function takenBack(urns: readonly string[], { report }: DeployOptions): void {
  if (urns.length === 0) return;
  const named = urns.slice(0, MOST_NAMED).map(objectIn).join(', ');
  const more = urns.length > MOST_NAMED ? `, and ${urns.length - MOST_NAMED} more` : '';
  report?.(`found in the cluster as this stack's own: ${named}${more}`);
}

/**
 * A destroy and a refresh reach the cluster as the last up did, by what the state has. Where that is refused, an up of
 * the access alone brings the state what the stack's settings say now.
 */
async function accessRenewed(
  error: unknown,
  stack: Stack,
  record: RunRecord,
  options: DeployOptions,
): Promise<boolean> {
  const { fault } = deployError(error, { verb: 'refresh', options, record, cancelled: false });
  if (fault !== 'cluster-refuses-credentials' && fault !== 'cluster-unreachable') return false;
  try {
    await stack.up({ target: ACCESS_ALONE });
  } catch {
    return false;
  }
  options.report?.(`took the access to ${options.stack} from its settings; that of the last up is refused`);
  return true;
}
