import { DEFAULTED_TYPES } from '../../lib/diff/defaults.js';
import type { FieldTypes, KubernetesTypes } from '../../lib/diff/field-types.js';
import { UNORDERED_TYPES } from '../../lib/diff/unordered.js';
import type { JsonSchema } from './json-schema.js';
import { findKind, KINDS, QUANTITY_NAME, REF, readSwagger, short } from './openapi.js';

const KEYS = 'x-kubernetes-list-map-keys';

/**
 * What a comparison needs of Kubernetes' OpenAPI: by which keys the items of a list are the same item, which lists are
 * sets, and where quantities stand. Types that lead to none of these, and have no default, are left out.
 *
 * @param directory of the module k8s.io/kubernetes
 */
export function mergeKeys(directory: string): KubernetesTypes {
  const swagger = readSwagger(directory);
  const all = new Map(
    Object.entries(swagger.definitions).map(([name, definition]) => [short(name), fieldsOf(definition)]),
  );
  const kept = new Set([...DEFAULTED_TYPES, ...UNORDERED_TYPES]);
  for (let size = -1; size < kept.size; ) {
    size = kept.size;
    for (const [name, fields] of all)
      if (Object.values(fields).some((field) => isTelling(field, kept))) kept.add(name);
  }
  const kinds = Object.entries(KINDS)
    .flatMap(([apiVersion, names]) =>
      names.map((kind) => [`${apiVersion}/${kind}`, short(findKind(swagger, apiVersion, kind).definition)]),
    )
    .filter(([, type = '']) => kept.has(type));
  const wanted = reachable(
    all,
    kinds.map(([, type = '']) => type),
    kept,
  );
  return {
    kinds: Object.fromEntries(kinds),
    types: Object.fromEntries(
      [...wanted]
        .sort()
        .map((name) => [
          name,
          Object.fromEntries(
            Object.entries(all.get(name) ?? {}).filter(([, field]) => isTelling(field, wanted)),
          ),
        ]),
    ),
  };
}

const isTelling = ({ type, keys, set }: FieldTypes[string], types: ReadonlySet<string>): boolean =>
  keys !== undefined || set === true || type === 'quantity' || (type !== undefined && types.has(type));

function reachable(
  all: ReadonlyMap<string, FieldTypes>,
  roots: readonly string[],
  kept: ReadonlySet<string>,
): Set<string> {
  // A set grows while it is walked.
  const seen = new Set(roots);
  for (const name of seen)
    for (const { type } of Object.values(all.get(name) ?? {}))
      if (type !== undefined && kept.has(type)) seen.add(type);
  return seen;
}

function fieldsOf({ properties = {} }: JsonSchema): FieldTypes {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name !== 'status')
      .map(([name, schema]) => {
        const values = schema.additionalProperties;
        const inner = schema.items ?? (typeof values === 'object' ? values : schema);
        const type = typeof inner.$ref === 'string' ? inner.$ref.slice(REF.length) : undefined;
        return [
          name,
          {
            ...(type !== undefined && { type: type.endsWith(QUANTITY_NAME) ? 'quantity' : short(type) }),
            ...(typeof values === 'object' && { map: true as const }),
            ...(Array.isArray(schema[KEYS]) && { keys: schema[KEYS] as string[] }),
            ...(schema['x-kubernetes-list-type'] === 'set' && { set: true as const }),
          },
        ];
      }),
  );
}
