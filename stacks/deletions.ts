import { setTimeout as sleep } from 'node:timers/promises';
import { KeelsonError } from '../lib/config/problem.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { holdingState } from './held-state.js';
import { objectIn, resourceName } from './resource-name.js';
import { changeState } from './state-change.js';
import { exportState } from './state-export.js';
import type { Resource } from './state-resource.js';

/**
 * Notes in the state that objects are being deleted, as a refresh would. The engine does not for a run that was
 * interrupted or failed, though the cluster finishes what it was asked to: the next up would take what is gone for
 * unchanged. Its own notes of what is under way do not survive an import.
 */
export async function noteDeletions(options: DeployOptions, urns: readonly string[]): Promise<void> {
  if (urns.length === 0) return;
  const isDeleted = ({ urn }: Resource) => urns.includes(urn) && resourceName(urn).isObject;
  await holdingState(options, (held) =>
    changeState(held, (state) => {
      const { resources = [] } = state.deployment;
      if (!resources.some(isDeleted)) return state;
      const noted = resources.map((resource) => (isDeleted(resource) ? ending(resource) : resource));
      return { ...state, deployment: { ...state.deployment, resources: noted } };
    }),
  );
}

function ending(resource: Resource): Resource {
  const metadata = { deletionTimestamp: new Date().toISOString(), ...resource.outputs?.metadata };
  return { ...resource, outputs: { ...resource.outputs, metadata } as Resource['outputs'] };
}

/** Whether a deletion has begun and not come to its end, as far as the state knows. */
export const isEnding = (resource: Pick<Resource, 'outputs'>): boolean =>
  deletionOf(resource).since !== undefined;

/** Milliseconds; pods have 30 seconds to end unless they ask for more. */
const PATIENCE = 120_000;

/**
 * Waits until those of the objects whose deletion has begun are gone from cluster and state.
 *
 * @returns how many they were
 * @throws KeelsonError that names what holds them
 */
export async function untilGone(options: DeployOptions, urns: readonly string[]): Promise<number> {
  const look = async () => {
    const { resources = [] } = (await exportState(options)).deployment;
    return resources.filter((resource) => urns.includes(resource.urn) && isEnding(resource));
  };
  let left = await look();
  const count = left.length;
  if (count === 0) return 0;
  options.report?.(`waiting for what is being deleted: ${left.map(({ urn }) => objectIn(urn)).join(', ')}`);
  for (const deadline = Date.now() + PATIENCE; left.length > 0; left = await look()) {
    if (Date.now() > deadline)
      throw new KeelsonError(
        'The cluster',
        left.map((resource) => ({ where: objectIn(resource.urn), message: held(resource) })),
      );
    await sleep(1000, undefined, { signal: options.signal });
    const targets = left.flatMap(({ urn }) => ['--target', urn]);
    await runEngine(['refresh', '--yes', '--skip-preview', ...targets], options);
  }
  return count;
}

interface Deletion {
  readonly since?: string;
  readonly finalizers: readonly string[];
}

/** What only the API server sets. */
function deletionOf({ outputs }: Pick<Resource, 'outputs'>): Deletion {
  const { deletionTimestamp, finalizers = [] } = (outputs?.metadata ?? {}) as {
    readonly deletionTimestamp?: string;
    readonly finalizers?: readonly string[];
  };
  return { since: deletionTimestamp, finalizers };
}

function held(resource: Resource): string {
  const { since, finalizers } = deletionOf(resource);
  const by =
    finalizers.length > 0
      ? `is held by ${finalizers.join(', ')} (metadata.finalizers): see to it that whoever set that does its work, or remove it with kubectl edit`
      : 'is not gone yet: look at it, and at the pods that belong to it, with kubectl describe';
  return `is being deleted since ${since} and ${by}. Then the same command goes on from here`;
}
