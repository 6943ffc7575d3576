import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the engine says when it cannot read a state file, or the checksum beside it, to its end. The words after the
 * colon alone are no sign: of an object they say that a connection broke.
 */
export const CUT_OFF =
  /failed to load checkpoint: (?:place \d+: |blob [^\n]*\(code=Unknown\): )?(?:EOF|unexpected end of JSON input|invalid character)/;

export const isCutOff = (text: string): boolean => CUT_OFF.test(text);

/**
 * Mends a state that was cut off because the engine was killed while it wrote: the engine keeps beside it the state
 * that it wrote before, in a folder the one before the whole run. What that lacks is in the cluster: a refresh reads
 * what became of the objects that it knows, and an up takes back the others.
 *
 * @param place the folder that holds the state; undefined where it lies elsewhere and is left alone
 * @returns whether anything was mended; the broken file stays as `<stack>.json.broken`
 */
export function mendState(place: string | undefined, project: string, stack: string): boolean {
  if (place === undefined) return false;
  const folder = join(place, '.pulumi', 'stacks', project);
  const state = join(folder, `${stack}.json`);
  let mended = false;
  for (const attributes of [`${state}.attrs`, `${state}.bak.attrs`]) {
    if (!existsSync(attributes) || isJson(attributes)) continue;
    // A checksum beside the file; it may be missing, but not be empty.
    rmSync(attributes);
    mended = true;
  }
  if (existsSync(state) && !isJson(state) && existsSync(`${state}.bak`) && isJson(`${state}.bak`)) {
    renameSync(state, `${state}.broken`);
    copyFileSync(`${state}.bak`, state);
    rmSync(`${state}.attrs`, { force: true });
    mended = true;
  }
  return mended;
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}
