import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';

interface Written {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** Every object in the YAML files below a folder. */
export const readObjects = (folder: string): Written[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')) as Written[])
    .filter(Boolean);

/**
 * The objects as text that does not depend on their order, on that of their fields, or on the label by which pods are
 * selected: cdk8s-plus selects by a hash of the construct's path.
 */
export const normalized = (objects: readonly Written[]): string[] =>
  objects
    .map((object) =>
      JSON.stringify(sorted(object)).replaceAll(
        /"(cdk8s\.io\/metadata\.addr|app\.kubernetes\.io\/name)":"[^"]*"/g,
        '"LABEL"',
      ),
    )
    .sort();

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, element]) => [key, sorted(element)]),
  );
}

/** What of the first differs from the second, in a few words; nothing where all is the same. */
export function difference(ours: readonly Written[], theirs: readonly Written[]): string | undefined {
  if (ours.length !== theirs.length) return `${ours.length} objects instead of ${theirs.length}`;
  const expected = normalized(theirs);
  const index = normalized(ours).findIndex((text, at) => text !== expected[at]);
  return index < 0 ? undefined : `${normalized(ours)[index]} instead of ${expected[index]}`;
}
