import type { KubeObject } from '../kube/object.js';
import type { FieldChange } from './field-changes.js';
import { imagesOf } from './images.js';
import { isFields } from './json.js';
import { WORKLOADS } from './mark.js';
import { differences, hidden, identityOf, type ObjectChange } from './object-change.js';
import type { Rename } from './world.js';

/** Share of their leaves that an object and its renamed self have in common, at least. */
const ALIKE = 0.8;
/** For objects that no renamed workload explains. */
const NEARLY_THE_SAME = 0.9;
/** Objects with less of their own look like any other of their kind. */
const LEAST_LEAVES = 3;

/** Pairs to compare; with more of them only what carries a name along is found. */
const MOST_TWINS = 5000;

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
  const gone = new Set<ObjectChange>();
  const join = ({ old, now }: Twins): void => {
    if (found.has(now) || gone.has(old)) return;
    found.set(now, old);
    gone.add(old);
  };
  bestOf(twinsIn(changes).filter(isSameWorkload), ALIKE).forEach(join);
  namedAlong(changes, found).forEach(join);
  const rest = changes.filter((change) => !found.has(change) && !gone.has(change) && !isWorkload(change));
  bestOf(twinsIn(rest).filter(hasContent), NEARLY_THE_SAME).forEach(join);
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
  for (const change of created(changes)) {
    const place = placeOf(change.after);
    const others = places.get(place);
    if (others) others.push(change);
    else places.set(place, [change]);
  }
  return changes
    .filter(({ action }) => action === 'delete')
    .flatMap((old) => (places.get(placeOf(old.before)) ?? []).map((now) => ({ old, now })));
}

const created = (changes: readonly ObjectChange[]): ObjectChange[] =>
  changes.filter(({ action }) => action === 'create');

/** Objects that have the old name of a workload in theirs, and the new one instead. */
function namedAlong(
  changes: readonly ObjectChange[],
  workloads: ReadonlyMap<ObjectChange, ObjectChange>,
): Twins[] {
  const places = new Map(created(changes).map((now) => [`${placeOf(now.after)} ${nameOf(now.after)}`, now]));
  return [...workloads].flatMap(([after, before]) => {
    const [from, to] = [nameOf(before.before), nameOf(after.after)];
    return changes.flatMap((old) => {
      const name = nameOf(old.before);
      if (old.action !== 'delete' || isWorkload(old) || !name.includes(from)) return [];
      const wanted = withName(name, from, to);
      const now = wanted === name ? undefined : places.get(`${placeOf(old.before)} ${wanted}`);
      return now ? [{ old, now }] : [];
    });
  });
}

/** Those that are enough alike, the most alike first. */
const bestOf = (twins: readonly Twins[], least: number): Twins[] =>
  (twins.length > MOST_TWINS ? [] : twins)
    .map((one) => ({ one, likeness: likeness(one.old.before, one.now.after) }))
    .filter((candidate) => candidate.likeness >= least)
    .sort((one, other) => other.likeness - one.likeness)
    .map(({ one }) => one);

/** Old and new names of the workloads that were renamed. */
export const renamesIn = (changes: readonly ObjectChange[]): Rename[] =>
  changes
    .filter((change) => change.action === 'rename' && isWorkload(change))
    .map(({ before, after }) => ({
      namespace: after?.metadata.namespace,
      from: nameOf(before),
      to: nameOf(after),
    }));

function renameOf({ before }: ObjectChange, { after }: ObjectChange): ObjectChange {
  const fields = before && after ? renamedFields(before, after) : [];
  return { before, after, action: 'rename', fields, replacing: [] };
}

/** What else differs, with the old values as they were written. */
function renamedFields(before: KubeObject, after: KubeObject): readonly FieldChange[] {
  const same = renamedLike(before, after);
  const old = textsIn(before);
  const written = new Map(textsIn(same).map((text, index) => [text, old[index] ?? text]));
  const fields = differences(same, after).map((field) => ({
    ...field,
    before: mapTexts(field.before, (text) => written.get(text) ?? text),
  }));
  return hidden(after, fields);
}

const placeOf = (object: KubeObject | undefined): string =>
  object ? identityOf({ ...object, metadata: { ...object.metadata, name: '' } }) : '';
const nameOf = (object: KubeObject | undefined): string => object?.metadata.name ?? '';
const isWorkload = ({ before }: ObjectChange): boolean => WORKLOADS.includes(before?.kind ?? '');

/** Share of the values of both that both have, once the name is the same. */
function likeness(before: KubeObject | undefined, after: KubeObject | undefined): number {
  if (!before || !after) return 0;
  const old = new Set(leavesOf(renamedLike(before, after)));
  const now = new Set(leavesOf(after));
  const common = [...old].filter((leaf) => now.has(leaf)).length;
  const all = old.size + now.size - common;
  return all === 0 ? 0 : common / all;
}

/** An image of the same repository, or one that carries the name and differs in nothing else. */
function isSameWorkload({ old, now }: Twins): boolean {
  if (!isWorkload(old) || !old.before || !now.after) return false;
  const [before, after] = [imagesOf(old.before), imagesOf(now.after)];
  const named = (text: string) => withName(text, nameOf(old.before), nameOf(now.after));
  return (
    before.map(({ repository }) => repository).join() === after.map(({ repository }) => repository).join() ||
    before.map(({ reference }) => named(reference)).join() === after.map(({ reference }) => reference).join()
  );
}

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

/** The object with the name of another one; what that one says literally, it may go on saying. */
function renamedLike(before: KubeObject, after: KubeObject): KubeObject {
  const kept = new Set(textsIn(after));
  const name = nameOf(before);
  return renamed(before, name, nameOf(after), (text) => text !== name && kept.has(text));
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isFields(value) ? Object.values(value).flatMap(textsIn) : [];
};

/** The object with another name, wherever the name stands as a word. */
export function renamed(
  object: KubeObject,
  from: string,
  to: string,
  isKept: (text: string) => boolean = () => false,
): KubeObject {
  const { apiVersion: _, kind: __, ...rest } = object;
  const change = (text: string) => (isKept(text) ? text : withName(text, from, to));
  return { ...object, ...(mapTexts(rest, change) as Pick<KubeObject, 'metadata'>) };
}

/** The text with another name where that one stands as a word. */
function withName(text: string, from: string, to: string): string {
  if (!text.includes(from)) return text;
  const escaped = from.replace(/[^A-Za-z0-9]/g, '\\$&');
  return text.replace(new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g'), to);
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, mapTexts(inner, change)]));
}
