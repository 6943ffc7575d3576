import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type PackageJson, readPackage } from './repository.js';

/** A package that is installed beside Keelson where Keelson is used. */
export interface Installed {
  readonly folder: string;
  readonly manifest: PackageJson;
}

/** Where Node finds `name` for a package in `folder`. */
function locate(name: string, folder: string): string | undefined {
  for (let place = folder; place !== dirname(place); place = dirname(place)) {
    const candidate = join(place, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

/** Names that a package asks for, and whether it can do without. */
function wanted(manifest: PackageJson): Map<string, { readonly optional: boolean }> {
  const names = new Map<string, { optional: boolean }>();
  for (const name of Object.keys(manifest.peerDependencies ?? {}))
    names.set(name, { optional: manifest.peerDependenciesMeta?.[name]?.optional ?? false });
  for (const name of Object.keys(manifest.dependencies ?? {})) names.set(name, { optional: false });
  for (const name of Object.keys(manifest.optionalDependencies ?? {})) names.set(name, { optional: true });
  return names;
}

/**
 * Every package that a user of the package in `root` gets or brings: dependencies and peers with theirs.
 * @throws where a package that cannot be done without is not installed
 */
export function productionDependencies(root: string): readonly Installed[] {
  const found = new Map<string, Installed>();
  const visit = (from: Installed) => {
    for (const [name, { optional }] of wanted(from.manifest)) {
      const folder = locate(name, from.folder);
      if (!folder && optional) continue;
      if (!folder)
        throw new Error(`${name}, which ${from.manifest.name} needs, is not installed: run npm ci`);
      if (found.has(folder)) continue;
      const installed = { folder, manifest: readPackage(folder) };
      found.set(folder, installed);
      visit(installed);
    }
  };
  visit({ folder: root, manifest: readPackage(root) });
  return [...found.values()];
}
