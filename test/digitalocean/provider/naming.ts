import type { Properties, Value } from '../../../embedded/kubernetes-provider/property-values.js';
import { isProperties } from '../../../embedded/kubernetes-provider/property-values.js';
import type { Json, JsonObject } from '../simulator/json.js';

/** `ipRange` → `ip_range`, all the way down: as the API writes what the SDK calls by camel case. */
export const toApi = (properties: Properties): JsonObject => rename(properties, snake) as JsonObject;

/** The same back. */
export const toSdk = (object: JsonObject): Properties => rename(object, camel) as Properties;

function rename(value: Value | Json, change: (key: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => rename(item, change));
  if (!isProperties(value)) return value as Value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), rename(item, change)]));
}

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (key: string): string => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
