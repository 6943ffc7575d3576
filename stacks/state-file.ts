import { copyFileSync, existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the engine says when it cannot read a state file to its end. */
const CUT_OFF = /failed to load checkpoint|unexpected end of JSON input|unexpected EOF/;

export const isCutOff = (text: string): boolean => CUT_OFF.test(text);

/**
 * Mends a state that was cut off because the engine was killed while it wrote: the engine keeps the state of one step
 * before beside it. Nothing is lost with it, for the step that was being written had either not begun, or stands there
 * as begun and is looked up in the cluster.
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
