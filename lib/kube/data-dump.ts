import type { KubeObject } from './object.js';

/** How what a pod keeps gets out of it and back: commands that run in its first container. */
export interface DataDump {
  /** Writes the data to standard output; nothing where this pod has none. */
  readonly dump: readonly string[];
  /** Reads from standard input what `dump` wrote, and leaves alone what is there. */
  readonly restore: readonly string[];
}

/** Where a StatefulSet says it. `keelson backup` reads the code, not the cluster. */
const ANNOTATION = 'keelson.dev/dump';

/** The annotation, on the controller: the pods have nothing to do with it, and are not started anew. */
export const dumpAnnotation = ({ dump, restore }: DataDump): Record<string, string> => ({
  [ANNOTATION]: JSON.stringify({ dump, restore }),
});

/** @returns undefined for an object without one */
export function dumpOf({ metadata }: KubeObject): DataDump | undefined {
  const text = metadata.annotations?.[ANNOTATION];
  return text === undefined ? undefined : (JSON.parse(text) as DataDump);
}

/** @param dump as a user of the library gave it */
export const dumpProblems = ({ dump, restore }: DataDump): string[] =>
  Object.entries({ dump, restore }).flatMap(([name, command]) =>
    Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === 'string')
      ? []
      : [
          `dump.${name}: ${JSON.stringify(command)} was given; a command and its arguments are expected, such as ["sh", "-c", "…"]`,
        ],
  );
