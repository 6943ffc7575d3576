import { existsSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import semver from 'semver';
import type { BuildSettings } from '../../lib/config/build.js';
import { KeelsonError } from '../../lib/config/problem.js';

/** Files of a build's context that say its version, the first that is there. */
const FILES = ['VERSION', 'package.json'];

/**
 * The version of a service, from its own file.
 *
 * @param folder where the build's paths start
 * @throws KeelsonError where no file says it, or it is no semantic version
 */
export function versionOf(service: string, { context, version }: BuildSettings, folder: string): string {
  const files = version === undefined ? FILES.map((name) => join(context, name)) : [version];
  const file = files.map((name) => join(folder, name)).find((path) => existsSync(path));
  const problem = (message: string) =>
    new KeelsonError('The versions', [{ where: `builds.${service}`, message }]);
  if (file === undefined)
    throw problem(`says its version in no file; write one such as 1.4.2 to ${files.join(' or ')}`);
  const text = textOf(file);
  if (isVersion(text)) return text;
  throw problem(
    `${relative('', file)} says ${JSON.stringify(text.slice(0, 80))}, which is no version; expected one such as 1.4.2 or 1.5.0-rc.1`,
  );
}

/** A semantic version as a tag can have it. @see https://semver.org */
export const isVersion = (text: string): boolean => semver.valid(text) === text;

function textOf(file: string): string {
  const text = readFileSync(file, 'utf8').trim();
  if (basename(file) !== 'package.json') return text;
  try {
    return String((JSON.parse(text) as { version?: unknown }).version ?? '');
  } catch {
    return '';
  }
}
