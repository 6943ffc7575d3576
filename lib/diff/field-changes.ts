import { isSameQuantity } from './exact-quantity.js';
import { gaps } from './gaps.js';
import { type Fields, isFields, textAt } from './json.js';
import { fieldsOf, itemShape, keyOf, normalized, type Shape } from './shape.js';

/** Names of fields; an item of a list is `[key]` or `[index]`. */
export type Path = readonly string[];

/** One field that means something else than before. */
export interface FieldChange {
  readonly path: Path;
  /** Undefined where it was added. */
  readonly before: unknown;
  /** Undefined where it was removed. */
  readonly after: unknown;
}

/** In which fields two values of the same shape differ; none where they mean the same. */
export function fieldChanges(before: unknown, after: unknown, shape: Shape, path: Path = []): FieldChange[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, shape, path);
  if (isFields(before) && isFields(after)) return recordChanges(before, after, shape, path);
  if (shape.type === 'quantity' && isSameQuantity(before, after)) return [];
  return [{ path, before, after }];
}

function recordChanges(before: Fields, after: Fields, shape: Shape, path: Path): FieldChange[] {
  const old = fieldsOf(before, shape);
  const now = fieldsOf(after, shape);
  return [...new Set([...Object.keys(old.fields), ...Object.keys(now.fields)])]
    .sort()
    .flatMap((name) => fieldChanges(old.fields[name], now.fields[name], now.shapeOf(name), [...path, name]));
}

type Items = readonly unknown[];

function listChanges(before: Items, after: Items, shape: Shape, path: Path): FieldChange[] {
  const old = byKey(before, (item) => keyOf(item, shape));
  const now = byKey(after, (item) => keyOf(item, shape));
  if (old && now) return keyedChanges(old, now, shape, path);
  const item = itemShape(shape);
  const texts = (items: Items) => items.map((value) => normalized(value, item));
  if (shape.set || shape.unordered) return leftovers(before, after, texts(before), texts(after), item, path);
  return gaps(texts(before), texts(after)).flatMap((gap) =>
    replaced(
      gap.before.map((index) => ({ index, value: before[index] })),
      gap.after.map((index) => ({ index, value: after[index] })),
      item,
      path,
    ),
  );
}

/** The items by what identifies them; undefined where one has no identity or two have the same. */
function byKey(
  items: Items,
  identify: (item: unknown) => string | undefined,
): ReadonlyMap<string, unknown> | undefined {
  const found = new Map<string, unknown>();
  for (const item of items) {
    const key = identify(item);
    if (key === undefined || found.has(key)) return undefined;
    found.set(key, item);
  }
  return found;
}

function keyedChanges(
  old: ReadonlyMap<string, unknown>,
  now: ReadonlyMap<string, unknown>,
  shape: Shape,
  path: Path,
): FieldChange[] {
  const changes = [...new Set([...old.keys(), ...now.keys()])].flatMap((key) =>
    fieldChanges(old.get(key), now.get(key), itemShape(shape), [...path, `[${key}]`]),
  );
  const common = [...old.keys()].filter((key) => now.has(key));
  const order = [...now.keys()].filter((key) => old.has(key));
  if (!isSequence(path.at(-1), [...now.values()]) || common.join('\n') === order.join('\n')) return changes;
  return [...changes, { path: [...path, '[order]'], before: common, after: order }];
}

/**
 * Lists with merge keys whose order means something all the same: steps that run one after the other, and variables
 * that refer to earlier ones.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
function isSequence(field: string | undefined, items: Items): boolean {
  if (field === 'initContainers') return true;
  return field === 'env' && items.some((item) => textAt(item, 'value')?.includes('$('));
}

/** What is left of two lists without order when what means the same is taken away. */
function leftovers(
  before: Items,
  after: Items,
  old: readonly string[],
  now: readonly string[],
  item: Shape,
  path: Path,
): FieldChange[] {
  const count = new Map<string, number>();
  for (const text of now) count.set(text, (count.get(text) ?? 0) + 1);
  const gone = old.flatMap((text, index) => {
    const left = count.get(text) ?? 0;
    count.set(text, left - 1);
    return left > 0 ? [] : [{ index, value: before[index] }];
  });
  const come = now.flatMap((text, index) => {
    const left = count.get(text) ?? 0;
    if (left <= 0) return [];
    count.set(text, left - 1);
    return [{ index, value: after[index] }];
  });
  return replaced(gone, come, item, path);
}

interface Item {
  readonly index: number;
  readonly value: unknown;
}

/** These items instead of those: what has the same name, or else as many as before, counts as the same items. */
function replaced(gone: readonly Item[], come: readonly Item[], item: Shape, path: Path): FieldChange[] {
  const named = (items: readonly Item[]) =>
    byKey(
      items.map(({ value }) => value),
      nameOf,
    );
  const [old, now] = [named(gone), named(come)];
  if (old && now)
    return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
      fieldChanges(old.get(name), now.get(name), item, [...path, `[${name}]`]),
    );
  if (gone.length === come.length && gone.every(({ value }) => isFields(value)))
    return gone.flatMap(({ value }, index) =>
      fieldChanges(value, come[index]?.value, item, [...path, `[${come[index]?.index}]`]),
    );
  return [
    ...gone.map(({ index, value }) => ({ path: [...path, `[${index}]`], before: value, after: undefined })),
    ...come.map(({ index, value }) => ({ path: [...path, `[${index}]`], before: undefined, after: value })),
  ];
}

/** How people tell items of lists without merge keys apart. */
const nameOf = (value: unknown): string | undefined =>
  textAt(value, 'name') ??
  textAt(value, 'metadata', 'name') ??
  textAt(value, 'host') ??
  textAt(value, 'match');
