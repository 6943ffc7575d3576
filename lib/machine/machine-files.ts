import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { FileTree } from './tarball.js';

/** Of `nixos/`, what no machine needs: tests, examples, what a person's own machine builds. */
const ELSEWHERE = /^(images|test)\/|^dev-shell\.nix$|^unresolved\.json$|\.example\.json$/;

/** `nixos/` of the package: from its sources, and from what they are compiled to. */
export function nixosFolder(): string {
  const candidates = ['../../nixos', '../../../nixos'].map((folder) => join(__dirname, folder));
  const found = candidates.find((folder) => existsSync(join(folder, 'default.nix')));
  if (found === undefined) throw new Error(`nixos/ is in neither of ${candidates.join(', ')}`);
  return found;
}

/**
 * The files that a machine gets, by their path below `nixos/`; its node.json is added to them.
 *
 * @param folder a copy of one's own. @default the package's
 */
export function machineFiles(folder: string = nixosFolder()): FileTree {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !ELSEWHERE.test(path));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
