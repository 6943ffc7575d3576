import type { KubeObject } from '../lib/kube/object.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { holdingState } from './held-state.js';
import { OWNER_ANNOTATION, ownerOf } from './owner.js';
import { resourceName } from './resource-name.js';
import { changeState } from './state-change.js';
import type { Checkpoint } from './state-export.js';
import type { Resource } from './state-resource.js';

/** What became of the objects that were looked up. */
export interface Recovered {
  /** URNs of those that the state did not have and has now. */
  readonly found: readonly string[];
  /** URNs of those that it had, and the cluster has not. */
  readonly gone: readonly string[];
}

/**
 * Mends a state that lacks objects which the cluster may have: creating them again would be refused. Each is noted as
 * created, then looked up: the engine forgets it where the cluster has none, and we do where it is not this stack's.
 *
 * @param refused what a run could not create because it is there already
 * @param how.touched URNs of what else is looked up, where the state has it. @default none
 * @param how.adopt whether what is not this stack's becomes its own. @default false
 * @param how.everything whether all that the state has is looked up too. @default false
 */
export const recover = (
  options: DeployOptions,
  refused: readonly Resource[] = [],
  how: RecoverOptions = {},
): Promise<Recovered> => holdingState(options, (held) => recoverHeld(held, refused, how));

async function recoverHeld(
  options: DeployOptions,
  refused: readonly Resource[],
  { touched = [], adopt = false, everything = false }: RecoverOptions,
): Promise<Recovered> {
  let before: Checkpoint = { deployment: {} };
  let unsure: readonly string[] = [];
  await changeState(options, (state) => {
    before = state;
    const pending = withPending(state, refused, touched);
    unsure = pending.unsure;
    return pending.checkpoint;
  });
  if (unsure.length === 0 && !everything) return { found: [], gone: [] };
  const known = new Set(before.deployment.resources?.map(({ urn }) => urn));
  const added = unsure.filter((urn) => !known.has(urn));
  const targets = everything ? [] : unsure.flatMap((urn) => ['--target', urn]);
  try {
    await runEngine(['refresh', '--yes', '--skip-preview', ...targets], options);
  } catch (error) {
    await changeState(options, (state) => withoutPending(state, before, added));
    throw error;
  }
  let foreign: readonly string[] = [];
  const { deployment } = await changeState(options, (state) => {
    const own = withoutForeign(state, adopt ? [] : added);
    foreign = own.foreign;
    return foreign.length > 0 ? own.checkpoint : state;
  });
  const has = new Set(deployment.resources?.map(({ urn }) => urn));
  return {
    found: added.filter((urn) => has.has(urn)),
    gone: [...known].filter((urn) => !has.has(urn)),
  };
}

interface RecoverOptions {
  readonly touched?: Iterable<string>;
  readonly adopt?: boolean;
  readonly everything?: boolean;
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
  touched: Iterable<string> = [],
): { checkpoint: Checkpoint; unsure: readonly string[] } {
  const { resources = [], pending_operations: pending = [] } = before.deployment;
  const known = new Set(resources.map(({ urn }) => urn));
  const changing = [...pending.map(({ resource }) => resource.urn), ...touched].filter(
    (urn) => known.has(urn) && resourceName(urn).isObject,
  );
  if (pending.length + refused.length === 0) return { checkpoint: before, unsure: [...new Set(changing)] };
  const creating = pending.filter(({ type }) => type === 'creating').map(({ resource }) => resource);
  const begun = new Map([...refused, ...creating].map((resource) => [resource.urn, resource]));
  const created = [...begun.values()].flatMap((resource): Resource[] => {
    const id = resourceName(resource.urn).isObject ? objectId(resource.inputs) : undefined;
    if (id === undefined || known.has(resource.urn)) return [];
    if (resource.parent !== undefined && !known.has(resource.parent)) return [];
    return [{ ...resource, id, outputs: resource.inputs }];
  });
  return {
    checkpoint: {
      ...before,
      deployment: { ...before.deployment, resources: [...resources, ...created], pending_operations: [] },
    },
    unsure: [...new Set([...created.map(({ urn }) => urn), ...changing])],
  };
}

/** The state without what {@link withPending} added and nobody could look up; what was under way is so again. */
export function withoutPending(now: Checkpoint, before: Checkpoint, added: readonly string[]): Checkpoint {
  const { resources = [] } = now.deployment;
  return {
    ...now,
    deployment: {
      ...now.deployment,
      resources: resources.filter(({ urn }) => !added.includes(urn)),
      pending_operations: before.deployment.pending_operations,
    },
  };
}

/** What the provider calls an object. */
function objectId(inputs: Partial<KubeObject> | undefined): string | undefined {
  const { name, namespace } = inputs?.metadata ?? {};
  return name === undefined || namespace === undefined ? name : `${namespace}/${name}`;
}
