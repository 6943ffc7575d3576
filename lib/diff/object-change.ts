import { isDeepStrictEqual } from 'node:util';
import { groupOf } from '../kube/immutable-fields.js';
import type { KubeObject } from '../kube/object.js';
import { type FieldChange, fieldChanges } from './field-changes.js';
import { typeOf } from './field-types.js';
import { fieldsAt, isFields } from './json.js';
import type { Mark } from './mark.js';
import { replacingFields } from './replacing-fields.js';

/**
 * What becomes of an object. `replace`: it is deleted and made anew, because a field cannot change. `rename`: the same
 * content under another name, which is a deletion and a creation too.
 */
export type Action = 'create' | 'update' | 'replace' | 'rename' | 'delete';

/** An object of both sides, or of one of them. */
export interface Pair {
  readonly before?: KubeObject;
  readonly after?: KubeObject;
}

export interface ObjectChange extends Pair {
  readonly action: Action;
  /** In which fields the sides differ; none of an object that one side lacks. Secret values are hidden. */
  readonly fields: readonly FieldChange[];
  /** Those of the fields that no update changes. */
  readonly replacing: readonly FieldChange[];
}

/** A change with what a person should know of it. */
export interface MarkedChange extends ObjectChange {
  readonly marks: readonly Mark[];
}

/** The object as it will be, or else as it was. */
export function subjectOf({ before, after }: Pair): KubeObject {
  const subject = after ?? before;
  if (!subject) throw new Error('a change without an object');
  return subject;
}

/** Identifies an object. Without the version: `v1` and `v1beta1` of a group are the same object. */
export const identityOf = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `${groupOf(apiVersion)}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** What becomes of an object; undefined where both sides mean the same. */
export function objectChange({ before, after }: Pair): ObjectChange | undefined {
  if (before === after || isDeepStrictEqual(before, after)) return undefined;
  if (!before || !after)
    return { before, after, action: before ? 'delete' : 'create', fields: [], replacing: [] };
  const fields = differences(before, after);
  const replacing = replacingFields(fields, before, after);
  const all = [...fields, ...replacing.filter((field) => !fields.includes(field))];
  if (all.length === 0) return undefined;
  return {
    before,
    after,
    action: replacing.length > 0 ? 'replace' : 'update',
    fields: hidden(after, all),
    replacing: hidden(after, replacing),
  };
}

/** In which fields two objects differ in what is asked of the cluster. */
export const differences = (before: KubeObject, after: KubeObject): FieldChange[] =>
  (['apiVersion', 'kind'] as const)
    .filter((field) => before[field] !== after[field])
    .map((field): FieldChange => ({ path: [field], before: before[field], after: after[field] }))
    .concat(
      fieldChanges(asked(before), asked(after), { type: typeOf(after) }),
      fieldChanges(askedMetadata(before), askedMetadata(after), { type: METADATA }, ['metadata']),
    );

const METADATA = 'apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** What the server adds to a live object. */
const OF_THE_SERVER = [
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];
/** Holds a copy of the object, with the values of a Secret. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const without = (value: object, ...names: readonly string[]): object =>
  Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));

const asked = (object: KubeObject): object => without(object, 'apiVersion', 'kind', 'metadata', 'status');

const askedMetadata = ({ metadata }: KubeObject): object => ({
  ...without(metadata, ...OF_THE_SERVER),
  annotations: without(fieldsAt(metadata, 'annotations'), LAST_APPLIED),
  labels: fieldsAt(metadata, 'labels'),
});

const HIDDEN = '(hidden)';

/** Of a Secret it is said which values changed, and never what they are. */
export function hidden(
  { apiVersion, kind }: KubeObject,
  fields: readonly FieldChange[],
): readonly FieldChange[] {
  if (kind !== 'Secret' || groupOf(apiVersion) !== '') return fields;
  return fields.map((field) =>
    field.path[0] === 'data' || field.path[0] === 'stringData'
      ? { ...field, before: veiled(field.before), after: veiled(field.after) }
      : field,
  );
}

function veiled(value: unknown): unknown {
  if (value === undefined) return undefined;
  return isFields(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, HIDDEN])) : HIDDEN;
}
