import type { KubeObject } from '../kube/object.js';
import { imagesOf } from './images.js';
import { isFields } from './json.js';
import { WORKLOADS } from './mark.js';
import { differences, identityOf, type ObjectChange } from './object-change.js';

/** Share of their leaves that an object and its renamed self have in common, at least. */
const ALIKE = 0.8;
/** For objects that no renamed workload explains. */
const NEARLY_THE_SAME = 0.9;
/** Objects with less of their own look like any other of their kind. */
const LEAST_LEAVES = 3;

interface Twins {
  readonly old: ObjectChange;
  readonly now: ObjectChange;
}

/**
 * Finds what was renamed among what was deleted and created: a workload with the same image that is otherwise nearly
 * the same, whatever else carries its name along, and other objects of which hardly more than the name is new. It is a
 * guess, and changes nothing of what it costs.
 */
export function joinRenamed(changes: readonly ObjectChange[]): ObjectChange[] {
  const found = new Map<ObjectChange, ObjectChange>();
  const join = ({ old, now }: Twins): void => {
    if (![...found].some((twins) => twins.includes(old) || twins.includes(now))) found.set(now, old);
  };
  const twins = twinsIn(changes);

  bestOf(twins.filter(isSameWorkload), ALIKE).forEach(join);
  for (const [now, old] of [...found])
    twins.filter((other) => isNamedAlong(other, nameOf(old.before), nameOf(now.after))).forEach(join);
  bestOf(twins.filter(hasContent), NEARLY_THE_SAME).forEach(join);

  const gone = new Set(found.values());
  return changes
    .filter((change) => !gone.has(change))
    .map((change) => {
      const old = found.get(change);
      return old ? renameOf(old, change) : change;
    });
}

/** Every deleted object with every created one of the same kind in the same namespace. */
function twinsIn(changes: readonly ObjectChange[]): Twins[] {
  const places = new Map<string, ObjectChange[]>();
  for (const change of changes) {
    if (change.action !== 'create') continue;
    const place = placeOf(change.after);
    places.set(place, [...(places.get(place) ?? []), change]);
  }
  return changes
    .filter(({ action }) => action === 'delete')
    .flatMap((old) => (places.get(placeOf(old.before)) ?? []).map((now) => ({ old, now })));
}

/** Those that are enough alike, the most alike first. */
const bestOf = (twins: readonly Twins[], least: number): Twins[] =>
  twins
    .map((one) => ({ one, likeness: likeness(one.old.before, one.now.after) }))
    .filter((candidate) => candidate.likeness >= least)
    .sort((one, other) => other.likeness - one.likeness)
    .map(({ one }) => one);

function renameOf({ before }: ObjectChange, { after }: ObjectChange): ObjectChange {
  const same = before && after && renamed(before, nameOf(before), nameOf(after));
  const fields = same && after ? differences(same, after) : [];
  return { before, after, action: 'rename', fields, replacing: [] };
}

const placeOf = (object: KubeObject | undefined): string =>
  object ? identityOf({ ...object, metadata: { ...object.metadata, name: '' } }) : '';
const nameOf = (object: KubeObject | undefined): string => object?.metadata.name ?? '';
const isWorkload = ({ before }: ObjectChange): boolean => WORKLOADS.includes(before?.kind ?? '');

/** Share of the values of both that both have, once the name is the same. */
function likeness(before: KubeObject | undefined, after: KubeObject | undefined): number {
  if (!before || !after) return 0;
  const old = new Set(leavesOf(renamed(before, nameOf(before), nameOf(after))));
  const now = new Set(leavesOf(after));
  const common = [...old].filter((leaf) => now.has(leaf)).length;
  const all = old.size + now.size - common;
  return all === 0 ? 0 : common / all;
}

/** An image of the same repository, or one that carries the name and differs in nothing else. */
function isSameWorkload({ old, now }: Twins): boolean {
  if (!isWorkload(old) || !old.before || !now.after) return false;
  const of = (object: KubeObject, part: 'repository' | 'reference') =>
    imagesOf(object)
      .map((image) => image[part])
      .join();
  const like = renamed(old.before, nameOf(old.before), nameOf(now.after));
  return (
    of(old.before, 'repository') === of(now.after, 'repository') ||
    of(like, 'reference') === of(now.after, 'reference')
  );
}

const isNamedAlong = ({ old, now }: Twins, from: string, to: string): boolean =>
  !isWorkload(old) &&
  old.before !== undefined &&
  nameOf(old.before) !== nameOf(now.after) &&
  nameOf(renamed(old.before, from, to)) === nameOf(now.after);

const hasContent = ({ old, now }: Twins): boolean =>
  !isWorkload(old) && leavesOf(now.after).length >= LEAST_LEAVES;

/** What an object says beyond its kind and metadata, one text a value. */
function leavesOf(object: KubeObject | undefined): string[] {
  const { apiVersion: _, kind: __, metadata: ___, ...rest }: Partial<KubeObject> = object ?? {};
  const leaves = (value: unknown, path: string): string[] => {
    if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
    if (isFields(value))
      return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${path}.${name}`));
    return [`${path}=${JSON.stringify(value)}`];
  };
  return leaves(rest, '');
}

/** The object with another name, wherever the name stands as a word. */
function renamed(object: KubeObject, from: string, to: string): KubeObject {
  const escaped = from.replace(/[^A-Za-z0-9]/g, '\\$&');
  const word = new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g');
  const change = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(word, to);
    if (Array.isArray(value)) return value.map(change);
    if (!isFields(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, change(inner)]));
  };
  const { apiVersion, kind, ...rest } = object;
  return { ...(change(rest) as Pick<KubeObject, 'metadata'>), apiVersion, kind };
}
