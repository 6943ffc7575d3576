import type { KubeObject } from '../kube/object.js';
import { typeOf } from './field-types.js';
import { at, type Fields, fieldsAt, isFields, listAt } from './json.js';
import { fieldsOf, itemShape, keyOf, normalized, type Shape } from './shape.js';

/**
 * What of a live object is somebody's business: all that one field manager has written, and what the code says of the
 * object, whoever has written that. The values are those that are there now; what the server, its controllers and
 * other people added is left out. Undefined where the manager has written nothing.
 *
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields
 */
export function ownedFields(
  live: KubeObject,
  manager: string,
  code: KubeObject | undefined,
): KubeObject | undefined {
  const sets = listAt(live, 'metadata', 'managedFields')
    .filter((entry) => entry.manager === manager && !entry.subresource)
    .map((entry) => fieldsAt(entry, 'fieldsV1'));
  if (sets.length === 0) return undefined;
  const owned = fieldsAt(part(live, { set: sets.reduce(union, {}), code, shape: { type: typeOf(live) } }));
  const { name, namespace } = live.metadata;
  return {
    ...owned,
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: { ...fieldsAt(owned, 'metadata'), name, ...(namespace !== undefined && { namespace }) },
  };
}

function union(one: Fields, other: Fields): Fields {
  const result: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other))
    result[key] = isFields(result[key]) && isFields(value) ? union(result[key], value) : value;
  return result;
}

/** Whose business a value is. */
interface Claims {
  /** What the manager owns of it, as `fieldsV1` has it; `.` stands for the value itself, without what is in it. */
  readonly set: Fields | undefined;
  /** What the code says of it. */
  readonly code: unknown;
  readonly shape: Shape;
}

function part(value: unknown, claims: Claims): unknown {
  const { set, code } = claims;
  const steps = Object.keys(set ?? {}).filter((step) => step !== '.');
  const isWhole = set !== undefined && steps.length === 0 && !('.' in set);
  if (isWhole) return value;
  if (Array.isArray(value)) return items(value, steps, claims);
  if (!isFields(value)) return value;
  const names = [
    ...steps.map((step) => step.slice('f:'.length)),
    ...(isFields(code) ? Object.keys(code) : []),
  ];
  const { shapeOf } = fieldsOf(value, claims.shape);
  return Object.fromEntries(
    [...new Set(names)]
      .filter((name) => Object.hasOwn(value, name))
      .map((name) => [
        name,
        part(value[name], { set: below(set, `f:${name}`), code: at(code, name), shape: shapeOf(name) }),
      ]),
  );
}

const below = (set: Fields | undefined, step: string): Fields | undefined =>
  set && step in set ? fieldsAt(set, step) : undefined;

/** Items that the manager owns by their keys (`k:{"name":"web"}`), value (`v:"ALL"`) or number (`i:0`), or the code has. */
function items(list: readonly unknown[], steps: readonly string[], { set, code, shape }: Claims): unknown[] {
  const item = itemShape(shape);
  const idOf = (one: unknown): string | undefined =>
    keyOf(one, shape) ?? (shape.set ? normalized(one, item) : undefined);
  const known = new Map((Array.isArray(code) ? code : []).map((one: unknown) => [idOf(one), one]));
  // Nobody can say which items of such a list are whose.
  if (steps.length === 0 && known.has(undefined)) return [...list];
  return list.flatMap((one, index) => {
    const step = steps.find((candidate) => names(candidate, one, index));
    const id = idOf(one);
    const inCode = id !== undefined && known.has(id);
    if (step === undefined && !inCode) return [];
    const owned = step === undefined ? undefined : fieldsAt(set, step);
    const found = part(one, { set: owned, code: inCode ? known.get(id) : undefined, shape: item });
    return [step?.startsWith('k:') ? { ...keysOf(step), ...fieldsAt(found) } : found];
  });
}

function names(step: string, item: unknown, index: number): boolean {
  if (step.startsWith('k:'))
    return Object.entries(keysOf(step)).every(([key, value]) => at(item, key) === value);
  if (step.startsWith('v:')) return step.slice('v:'.length) === JSON.stringify(item);
  return step === `i:${index}`;
}

const keysOf = (step: string): Fields => JSON.parse(step.slice('k:'.length)) as Fields;
