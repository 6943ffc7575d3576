/**
 * What is given without what is `undefined`, which TypeScript lets stand for a setting that is left out: spread over
 * defaults it would take their place.
 */
export const defined = <T extends object>(given: T | undefined): Partial<T> =>
  Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
