import type { Stack } from '@pulumi/pulumi/automation';
import type { DeployOptions } from './deploy-options.js';
import { logicalName, type ObjectRef, typeToken } from './object-key.js';
import { plannedCreations } from './planned-creations.js';
import { recover } from './recovery.js';
import { leftOpen } from './run-journal.js';
import { type Checkpoint, exportState } from './state-export.js';
import type { Resource } from './state-resource.js';
import { logicalNameIn, parentTargets } from './targets.js';

interface Running {
  readonly signal: AbortSignal;
  /** Runs what needs the stack's lock, and once more where a killed run left that behind. */
  readonly unlocked: (run: () => Promise<unknown>) => Promise<unknown>;
}

/**
 * Brings into the state what a run did whose engine was killed before it wrote it: objects made, changed and deleted,
 * those too that the application does not have any more.
 *
 * @returns the URNs of what was taken back
 */
export async function settleLeftOpen(
  stack: Stack,
  options: DeployOptions,
  { signal, unlocked }: Running,
): Promise<readonly string[]> {
  const left = leftOpen(options);
  if (left === undefined) return [];
  // The lock first: a run that is still going on has left nothing.
  const target = await parentTargets(options);
  await unlocked(() => stack.up({ signal, target }));
  options.report?.(
    `an earlier run of ${options.stack} ended before it noted all that it did; comparing the state with the cluster`,
  );
  const planned = await plannedCreations(stack, { signal });
  const { found } = await recover(
    options,
    [...planned, ...forgotten(left.objects, planned, await exportState(options))],
    { everything: true },
  );
  left.close();
  return found;
}

/** Those that neither the state nor the application has: made by the killed run, and taken out of the application since. */
function forgotten(
  objects: readonly ObjectRef[],
  planned: readonly Resource[],
  { deployment: { resources = [] } }: Checkpoint,
): Resource[] {
  const parent = resources.find(({ type }) => type === 'keelson:kubernetes:Manifest')?.urn;
  const provider = resources.find(({ type }) => type === 'pulumi:providers:kubernetes');
  if (parent === undefined || provider === undefined) return [];
  const known = new Set([...planned, ...resources].map(({ urn }) => logicalNameIn(urn)));
  const types = parent.slice(0, parent.lastIndexOf('::'));
  return objects
    .filter((object) => !known.has(logicalName(object)))
    .map((object) => ({
      urn: `${types}$${typeToken(object)}::${logicalName(object)}`,
      type: typeToken(object),
      custom: true,
      parent,
      provider: `${provider.urn}::${provider.id}`,
      inputs: object,
    }));
}
