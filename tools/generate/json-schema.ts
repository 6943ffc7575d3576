/** The part of JSON Schema that Kubernetes uses, in its OpenAPI as in custom resource definitions. */
export interface JsonSchema {
  readonly description?: unknown;
  readonly format?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly not?: JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

type Change = (schema: JsonSchema) => JsonSchema;

/**
 * Applies `change` to a schema and to every schema in it, inner ones first.
 *
 * Only where a schema stands: below `properties` the keys are names of fields (one of them may be `description`), and
 * `default`, `enum` or `example` hold data.
 */
export function mapSchema(schema: JsonSchema, change: Change): JsonSchema {
  const inner = (value: JsonSchema) => mapSchema(value, change);
  const entries = Object.entries(schema).map(([keyword, value]): [string, unknown] => {
    switch (keyword) {
      case 'properties':
        return [keyword, mapValues(value as Record<string, JsonSchema>, inner)];
      case 'items':
      case 'not':
        return [keyword, inner(value as JsonSchema)];
      case 'additionalProperties':
        return [keyword, typeof value === 'boolean' ? value : inner(value as JsonSchema)];
      case 'allOf':
      case 'anyOf':
      case 'oneOf':
        return [keyword, (value as JsonSchema[]).map(inner)];
      default:
        return [keyword, value];
    }
  });
  return change(Object.fromEntries(entries));
}

export const mapValues = <T, U>(
  values: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]));

/** The same schema without its prose, which is nine tenths of it. */
export const withoutDescriptions = (schema: JsonSchema): JsonSchema =>
  mapSchema(schema, ({ description: _, ...rest }) => rest);
