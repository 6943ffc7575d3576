import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { load } from 'js-yaml';
import { type ImagesLock, imagesSchema, type LockedImage } from '../../lib/config/images.js';
import { parse } from '../../lib/config/parse.js';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { writeOutput } from '../output-file.js';

/** An image that one environment gets in place of another, or for the first time. */
export interface LockChange {
  readonly service: string;
  readonly before: LockedImage | undefined;
  readonly after: LockedImage;
}

/**
 * Reads `images.lock.json`; an absent file locks nothing.
 *
 * @throws KeelsonError with everything that is wrong in it
 */
export const readLock = (file: string): ImagesLock =>
  existsSync(file) ? parseLock(readFileSync(file, 'utf8'), relative('', file) || file) : {};

/** @param name of the file, for messages */
export function parseLock(text: string, name: string): ImagesLock {
  const problem = (message: string) => new KeelsonError(name, [{ where: '', message }]);
  if (/^(<{7}|={7}|>{7})( |$)/m.test(text))
    throw problem(
      'holds both sides of a conflict (<<<<<<<); keep the images that shall run, and remove the marks',
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw problem(`is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  const twice = duplicateIn(text);
  if (twice !== undefined) throw problem(`has a key twice, at ${twice}; keep one of them`);
  const lists = listsIn(value);
  if (lists.length > 0) throw new KeelsonError(name, lists);
  return parse(imagesSchema, value, name);
}

/** To the schema a list is an object without keys: it would be lost. */
const listsIn = (lock: unknown): Problem[] =>
  [['', lock] as const, ...Object.entries(lock ?? {})]
    .filter(([, value]) => Array.isArray(value))
    .map(([where]) => ({ where, message: 'is a list; expected service → environment → image' }));

/**
 * Gives services their images in one environment, and writes the file as a whole or not at all. The file is read anew,
 * so that what changed meanwhile is kept.
 *
 * @returns what is other than before; where that is nothing, the file is not written
 */
export function changeLock(
  file: string,
  environment: string,
  images: ReadonlyMap<string, LockedImage>,
): LockChange[] {
  const lock = readLock(file);
  const changes = [...images].flatMap(([service, after]) => {
    const before = imageIn(lock, service, environment);
    return before && isSame(before, after) ? [] : [{ service, before, after }];
  });
  if (changes.length === 0) return changes;
  const entries = new Map(Object.entries(lock));
  for (const { service, after } of changes)
    entries.set(service, { ...entries.get(service), [environment]: after });
  const text = lockText(Object.fromEntries(entries));
  parseLock(text, relative('', file) || file);
  writeOutput(file, text);
  return changes;
}

/** One line a field: what a promotion changes is what its diff shows. */
export const lockText = (lock: ImagesLock): string => `${JSON.stringify(lock, null, 2)}\n`;

export const imageIn = (lock: ImagesLock, service: string, environment: string): LockedImage | undefined => {
  const images = Object.hasOwn(lock, service) ? lock[service] : undefined;
  return images && Object.hasOwn(images, environment) ? images[environment] : undefined;
};

export const isSame = (one: LockedImage, other: LockedImage): boolean =>
  one.repository === other.repository && one.tag === other.tag && one.digest === other.digest;

/** Line and column of a key that its object has already: JSON's parser takes the last one in silence. */
function duplicateIn(text: string): string | undefined {
  try {
    // JSON is YAML, but for the tabs between its words.
    load(text.replaceAll('\t', ' '));
    return undefined;
  } catch (error) {
    const { reason = '', mark } = error as { reason?: string; mark?: { line: number; column: number } };
    return /duplicated mapping key/.test(reason) && mark ? `${mark.line + 1}:${mark.column + 1}` : undefined;
  }
}
