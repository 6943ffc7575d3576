import type { KubeObject } from '../kube/object.js';
import { type Budget, budgetOf } from './budget.js';
import { marksOf } from './marks.js';
import {
  identityOf,
  type MarkedChange,
  type ObjectChange,
  objectChange,
  subjectOf,
} from './object-change.js';
import { joinRenamed, renamesIn } from './rename.js';
import { Surroundings, type World } from './world.js';

/** The objects of one stack: of one folder of written manifests. */
export interface StackObjects {
  readonly name: string;
  readonly objects: readonly KubeObject[];
}

/** What becomes of one stack. */
export interface StackDiff {
  readonly name: string;
  /** Which side lacks the whole stack. */
  readonly missing?: 'before' | 'after';
  /** In the order of the objects; none where both sides mean the same. */
  readonly changes: readonly MarkedChange[];
  /** What the stack asks of its cluster. */
  readonly budget: { readonly before: Budget; readonly after: Budget };
}

/**
 * Compares two sets of manifests by what they mean: objects by kind, namespace and name, list items by their merge
 * keys, quantities by their amount, absent fields as the API server completes them. It compares code with code: what
 * somebody has changed in a cluster by hand is not in it.
 *
 * Of objects with the same identity in one stack the last one counts, as it would in the cluster.
 *
 * @returns every stack of either side, those that are the same too.
 * @example
 * const [staging] = diffManifests(
 *   [{ name: 'staging', objects: before }],
 *   [{ name: 'staging', objects: after }],
 * );
 */
export function diffManifests(before: readonly StackObjects[], after: readonly StackObjects[]): StackDiff[] {
  const names = [...new Set([...after, ...before].map(({ name }) => name))];
  const stacks = names.map((name) => {
    const [old, now] = [before, after].map((side) => side.find((stack) => stack.name === name));
    return {
      name,
      ...(!old && { missing: 'before' as const }),
      ...(!now && { missing: 'after' as const }),
      changes: joinRenamed(objectChanges(old?.objects ?? [], now?.objects ?? [])),
      budget: { before: budgetOf(old?.objects ?? []), after: budgetOf(now?.objects ?? []) },
    };
  });
  const world: World = {
    before: new Surroundings(before.flatMap(({ objects }) => objects)),
    after: new Surroundings(after.flatMap(({ objects }) => objects)),
    renames: stacks.flatMap(({ changes }) => renamesIn(changes)),
  };
  return stacks.map((stack) => ({
    ...stack,
    changes: stack.changes.map((change) => ({ ...change, marks: marksOf(change, world) })),
  }));
}

function objectChanges(before: readonly KubeObject[], after: readonly KubeObject[]): ObjectChange[] {
  const [old, now] = [before, after].map(
    (objects) => new Map(objects.map((object) => [identityOf(object), object])),
  );
  return [...new Set([...(now?.keys() ?? []), ...(old?.keys() ?? [])])].flatMap((identity) => {
    const change = objectChange({ before: old?.get(identity), after: now?.get(identity) });
    return change ?? [];
  });
}

/** How many of them there are, by action. */
export const actionsIn = (changes: readonly ObjectChange[]): ReadonlyMap<ObjectChange['action'], number> =>
  countBy(changes, ({ action }) => [action]);

/** How many marks of each kind there are. */
export const marksIn = (changes: readonly MarkedChange[]) =>
  countBy(changes, ({ marks }) => marks.map(({ kind }) => kind));

function countBy<T, K>(items: readonly T[], keys: (item: T) => readonly K[]): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const key of items.flatMap(keys)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** `Deployment web`, with the old name of what was renamed. */
export function titleOf(change: ObjectChange): string {
  const { kind, metadata } = subjectOf(change);
  const { before, action } = change;
  return `${kind} ${action === 'rename' ? `${before?.metadata.name} → ` : ''}${metadata.name}`;
}
