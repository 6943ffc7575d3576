import { unknownKey } from '../config/problem.js';
import type { KubeObject } from './object.js';

/** As much of a structural schema as names fields. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

interface Definition extends KubeObject {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** What traefik's own definition of a kind says of its `spec`. */
function specSchema(kind: string): Schema {
  // Read where it is used: most applications have no object of these kinds.
  const definitions: readonly Definition[] = require('../generated/traefik-crds.json');
  const definition = definitions.find(({ spec }) => spec.names.kind === kind);
  return definition?.spec.versions[0]?.schema.openAPIV3Schema.properties?.spec ?? {};
}

/** A problem for every field that traefik's definition of the kind does not have: the API server would drop it. */
export const unknownTraefikFields = (kind: 'Middleware' | 'TLSOption', spec: object): readonly string[] =>
  unknownFields(specSchema(kind), spec, []);

function unknownFields({ properties, items }: Schema, value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value))
    return items ? value.flatMap((one, index) => unknownFields(items, one, [...path, `${index}`])) : [];
  if (!properties || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return known
      ? unknownFields(known, field, [...path, key])
      : [`${[...path, key].join('.')}: ${unknownKey(key, Object.keys(properties))}`];
  });
}
