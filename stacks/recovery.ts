import type { KubeObject } from '../lib/kube/object.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { OWNER_ANNOTATION, ownerOf } from './owner.js';
import { resourceName } from './resource-name.js';
import { type Checkpoint, exportState, importState } from './state-export.js';
import type { Resource } from './state-resource.js';

/**
 * Mends a state that lacks objects which the cluster may have: creating them again would be refused. Each is noted as
 * created, then looked up: the engine forgets it where the cluster has none, and we do where it is not this stack's.
 *
 * @param refused what a run could not create because it is there already
 * @param how.adopt whether what is not this stack's becomes its own. @default false
 * @param how.everything whether all that the state has is looked up too. @default false
 * @returns the URNs that the state has now
 */
export async function recover(
  options: DeployOptions,
  refused: readonly Resource[] = [],
  { adopt = false, everything = false } = {},
): Promise<string[]> {
  const before = await exportState(options);
  const { checkpoint, unsure } = withPending(before, refused);
  if (checkpoint !== before) await importState(options, checkpoint);
  if (unsure.length === 0 && !everything) return [];
  const targets = everything ? [] : unsure.flatMap((urn) => ['--target', urn]);
  try {
    await runEngine(['refresh', '--yes', '--skip-preview', ...targets], options);
  } catch (error) {
    await importState(options, before);
    throw error;
  }
  const known = new Set(before.deployment.resources?.map(({ urn }) => urn));
  const { checkpoint: own, foreign } = withoutForeign(
    await exportState(options),
    adopt ? [] : unsure.filter((urn) => !known.has(urn)),
  );
  if (foreign.length > 0) await importState(options, own);
  const kept = new Set(own.deployment.resources?.map(({ urn }) => urn));
  return unsure.filter((urn) => kept.has(urn));
}

/** The state without those of the given resources that the cluster has from somebody else. */
export function withoutForeign(
  found: Checkpoint,
  urns: readonly string[],
): { checkpoint: Checkpoint; foreign: readonly string[] } {
  const { resources = [] } = found.deployment;
  const foreign = resources.filter(
    ({ urn, outputs }) =>
      urns.includes(urn) && outputs?.metadata?.annotations?.[OWNER_ANNOTATION] !== ownerOf(urn),
  );
  const kept = resources.filter((resource) => !foreign.includes(resource));
  return {
    checkpoint: { ...found, deployment: { ...found.deployment, resources: kept } },
    foreign: foreign.map(({ urn }) => urn),
  };
}

/**
 * The state with what was begun, and what was refused, as done, and what of it is to be looked up; the same object
 * where there is nothing of the kind.
 */
export function withPending(
  before: Checkpoint,
  refused: readonly Resource[] = [],
): { checkpoint: Checkpoint; unsure: readonly string[] } {
  const { resources = [], pending_operations: pending = [] } = before.deployment;
  if (pending.length + refused.length === 0) return { checkpoint: before, unsure: [] };
  const known = new Set(resources.map(({ urn }) => urn));
  const creating = pending.filter(({ type }) => type === 'creating').map(({ resource }) => resource);
  const begun = new Map([...refused, ...creating].map((resource) => [resource.urn, resource]));
  const created = [...begun.values()].flatMap((resource): Resource[] => {
    const id = resourceName(resource.urn).isObject ? objectId(resource.inputs) : undefined;
    if (id === undefined || known.has(resource.urn)) return [];
    if (resource.parent !== undefined && !known.has(resource.parent)) return [];
    return [{ ...resource, id, outputs: resource.inputs }];
  });
  const touched = pending
    .map(({ resource }) => resource.urn)
    .filter((urn) => known.has(urn) && resourceName(urn).isObject);
  return {
    checkpoint: {
      ...before,
      deployment: { ...before.deployment, resources: [...resources, ...created], pending_operations: [] },
    },
    unsure: [...new Set([...created.map(({ urn }) => urn), ...touched])],
  };
}

/** What the provider calls an object. */
function objectId(inputs: Partial<KubeObject> | undefined): string | undefined {
  const { name, namespace } = inputs?.metadata ?? {};
  return name === undefined || namespace === undefined ? name : `${namespace}/${name}`;
}
