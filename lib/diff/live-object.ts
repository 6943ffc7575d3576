import { groupOf, immutableFields } from '../kube/immutable-fields.js';
import type { KubeObject } from '../kube/object.js';
import { at, fieldsAt, isFields } from './json.js';
import { differences } from './object-change.js';
import { ownedFields } from './owned-fields.js';
import { withoutServerWords } from './server-words.js';

/** Annotations that a deployment adds: for its engine, and for who looks for the owner. */
const OF_THE_DEPLOYMENT = /^(pulumi\.com\/|keelson\.dev\/stack$)/;

/** An object of either side, without what is an instruction to the engine or the server's own. */
export function comparableObject(given: KubeObject): KubeObject {
  const object = withoutServerWords(given);
  const annotations = Object.entries(fieldsAt(object, 'metadata', 'annotations'));
  const kept = annotations.filter(([name]) => !OF_THE_DEPLOYMENT.test(name));
  const { annotations: _, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
  } as KubeObject;
}

/**
 * A live object as if it were code: what Keelson has written of it, and what the code says of it. What no update changes is as the other side has
 * it, where both mean the same: the server writes defaults and amounts in its own words, and replaces nothing for that.
 *
 * @param code the object of the same identity, if the other side has one
 * @returns undefined where Keelson has written nothing of it
 */
export function liveObject(
  live: KubeObject,
  manager: string,
  code: KubeObject | undefined,
): KubeObject | undefined {
  const owned = ownedFields(live, manager, code);
  if (!owned) return undefined;
  const object = comparableObject(owned);
  if (!code) return object;
  const changed = differences(object, code).map(({ path }) => path.join('.'));
  const isChanged = (field: string) =>
    changed.some((path) => path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`));
  const { fields } = immutableFields(`${groupOf(code.apiVersion)}/${code.kind}`);
  return fields
    .filter((field) => !isChanged(field))
    .reduce((one, field) => replaced(one, field.split('.'), at(code, ...field.split('.'))), object);
}

function replaced<T extends object>(value: T, [step, ...rest]: readonly string[], by: unknown): T {
  if (step === undefined) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const inner = fields[step];
  return { ...value, [step]: rest.length === 0 ? by : replaced(isFields(inner) ? inner : {}, rest, by) };
}
