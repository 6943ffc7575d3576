import { KeelsonError } from '../lib/config/problem.js';
import type { KubeObject } from '../lib/kube/object.js';
import { ObjectIndex, type Position } from './object-index.js';
import { groupOf, logicalName, type ObjectRef } from './object-key.js';
import { references } from './references.js';

/** An order that the objects themselves do not show. */
export interface Dependency {
  readonly dependent: ObjectRef;
  readonly on: ObjectRef;
}

/** One object and what must be there before it. */
export interface Ordered {
  readonly object: KubeObject;
  /** Each stands before this one in the order; deletion goes the other way. */
  readonly dependsOn: readonly KubeObject[];
}

/**
 * Orders objects so that each stands after everything that it refers to. Namespaces and definitions come first
 * because everything refers to them, not because of a barrier: what is independent is applied side by side, and
 * the number of edges grows with the number of references.
 *
 * @throws KeelsonError for an object described twice, a dependency on an object that is not in the set, and a
 *   cycle among explicit dependencies, which it spells out.
 */
export function order(objects: readonly KubeObject[], explicit: readonly Dependency[] = []): Ordered[] {
  const index = new ObjectIndex(objects);
  const edges = objects.map((object, position) => {
    const found = new Set(references(object, index));
    found.delete(position);
    return found;
  });
  for (const [dependent, on] of positions(explicit, index)) edges[dependent]?.add(on);
  const at = (position: Position) => objects[position] as KubeObject;
  return sorted(edges, at).map((position) => ({
    object: at(position),
    dependsOn: [...(edges[position] ?? [])].sort((a, b) => a - b).map(at),
  }));
}

function positions(explicit: readonly Dependency[], index: ObjectIndex): (readonly [Position, Position])[] {
  const locate = ({ apiVersion, kind, metadata }: ObjectRef) =>
    index.find(groupOf(apiVersion), kind, metadata.name, metadata.namespace)[0];
  const problems = explicit.flatMap(({ dependent, on }) =>
    [dependent, on]
      .filter((ref) => locate(ref) === undefined)
      .map((ref) => ({
        where: `${logicalName(dependent)} after ${logicalName(on)}`,
        message: `${logicalName(ref)} is not among the objects; name one that is, or leave the dependency out`,
      })),
  );
  if (problems.length > 0) throw new KeelsonError('Dependencies', problems);
  return explicit.map(({ dependent, on }) => [locate(dependent) ?? -1, locate(on) ?? -1]);
}

/** Depth first and in the given order, so that the result is the same each time. */
function sorted(edges: readonly ReadonlySet<Position>[], at: (position: Position) => KubeObject): Position[] {
  const result: Position[] = [];
  const done = new Set<Position>();
  const path: Position[] = [];
  const visit = (position: Position): void => {
    if (done.has(position)) return;
    if (path.includes(position)) {
      const cycle = [...path.slice(path.indexOf(position)), position].map((p) => logicalName(at(p)));
      throw new KeelsonError('Dependencies', [
        {
          where: cycle[0] ?? '',
          message: `waits for itself: ${cycle.join(' → ')}; remove one of these dependencies`,
        },
      ]);
    }
    path.push(position);
    for (const next of edges[position] ?? []) visit(next);
    path.pop();
    done.add(position);
    result.push(position);
  };
  for (const position of edges.keys()) visit(position);
  return result;
}
