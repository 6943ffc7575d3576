/** What travels: objects as the API writes them, in snake case. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const string = (object: JsonObject, key: string): string => {
  const value = object[key];
  return typeof value === 'string' ? value : '';
};

export const number = (object: JsonObject, key: string): number => Number(object[key] ?? 0);

export const strings = (object: JsonObject, key: string): string[] => {
  const value = object[key];
  return Array.isArray(value) ? value.map(String) : [];
};
