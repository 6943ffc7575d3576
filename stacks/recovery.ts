import type { KubeObject } from '../lib/kube/object.js';
import type { DeployOptions } from './deploy-options.js';
import { runEngine } from './engine-command.js';
import { resourceName } from './resource-name.js';

interface Resource {
  readonly urn: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs?: Partial<KubeObject>;
  readonly outputs?: unknown;
}

/** The part of a state that matters here; secrets in it stay encrypted. */
interface Checkpoint {
  readonly deployment: {
    readonly resources?: readonly Resource[];
    readonly pending_operations?: readonly { readonly type: string; readonly resource: Resource }[];
  };
}

/**
 * Mends a state whose last run was killed: what it was creating may be in the cluster without being in the state, and
 * creating it again would be refused. Each such object is noted as created; then the engine looks it up, and forgets
 * it where the cluster has none.
 *
 * @returns what was looked up, such as `Deployment lunch-local/web`
 */
export async function recover(options: DeployOptions): Promise<string[]> {
  const before = JSON.parse(await runEngine(['stack', 'export'], options)) as Checkpoint;
  const { checkpoint, unsure } = withPending(before);
  if (checkpoint === before) return [];
  await runEngine(['stack', 'import'], options, JSON.stringify(checkpoint));
  if (unsure.length === 0) return [];
  const targets = unsure.flatMap((urn) => ['--target', urn]);
  await runEngine(['refresh', '--yes', '--skip-preview', ...targets], options);
  return unsure.map((urn) => {
    const { kind, name } = resourceName(urn);
    return `${kind} ${name}`;
  });
}

/** The state with what was begun as done, and what of it is to be looked up; the same object where nothing was. */
export function withPending(before: Checkpoint): { checkpoint: Checkpoint; unsure: readonly string[] } {
  const { resources = [], pending_operations: pending = [] } = before.deployment;
  if (pending.length === 0) return { checkpoint: before, unsure: [] };
  const known = new Set(resources.map(({ urn }) => urn));
  const created = pending.flatMap(({ type, resource }): Resource[] => {
    const id = resourceName(resource.urn).isObject ? objectId(resource.inputs) : undefined;
    if (type !== 'creating' || id === undefined || known.has(resource.urn)) return [];
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
