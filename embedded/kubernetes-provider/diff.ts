import { type Change, findChanges, isWithin, parsePath } from './changes.js';
import { replacingChanges } from './immutable-fields.js';
import { locateNamed, type Operation } from './operation.js';
import { type Properties, pulumiAnnotation, text } from './property-values.js';
import { readinessOf } from './readiness.js';
import { parseId } from './resource-token.js';

export interface Difference {
  readonly changes: readonly Change[];
  /** Those of the changes that only a new object can have. */
  readonly replacing: ReadonlySet<Change>;
  /** The new object has the name of the old one, so the old one must go first. */
  readonly deleteBeforeReplace: boolean;
}

/** Compares inputs with inputs; the id tells in which namespace the object really is. */
export async function diffObject(
  operation: Operation,
  id: string,
  before: Properties,
  after: Properties,
  ignoreChanges: readonly string[],
): Promise<Difference> {
  const { configuration, token } = operation;
  const old = parseId(id);
  const namespace = old.namespace && (text(after, 'metadata', 'namespace') || configuration.namespace);
  const isNamespace = (change: Change) => isWithin(change.path, ['metadata', 'namespace']);
  const moved: Change = { path: ['metadata', 'namespace'], kind: 'update' };
  const ignored = ignoreChanges.map(parsePath);
  const changes = [
    ...findChanges(before, after).filter((change) => !isNamespace(change)),
    ...(namespace === old.namespace ? [] : [moved]),
  ].filter((change) => !ignored.some((path) => isWithin(change.path, path)));

  const identity = changes.filter(
    (change) => change === moved || isWithin(change.path, ['metadata', 'name']),
  );
  const immutable = token.patch ? [] : replacingChanges(changes, before, after, configuration);
  const replacing = new Set([...identity, ...immutable]);
  if (await isUnreadyJob(operation, id, after)) {
    const asked: Change = { path: ['metadata', 'annotations', 'pulumi.com/replaceUnready'], kind: 'update' };
    changes.push(asked);
    replacing.add(asked);
  }
  const sameName = text(after, 'metadata', 'name') === old.name && namespace === old.namespace;
  return { changes, replacing, deleteBeforeReplace: replacing.size > 0 && sameName };
}

/** `pulumi.com/replaceUnready`: a Job that has not completed is made anew at the next run. */
async function isUnreadyJob(operation: Operation, id: string, inputs: Properties): Promise<boolean> {
  if (operation.token.kind !== 'Job' || pulumiAnnotation(inputs, 'replaceUnready') !== 'true') return false;
  const { configuration, signal } = operation;
  const { name, namespace } = parseId(id);
  const target = await locateNamed(operation, name, namespace);
  const live = await configuration.client.find(target.path, signal);
  if (live === undefined) return false;
  return (await readinessOf(live)?.(live, { client: configuration.client, signal })) !== true;
}
