import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { nixosFolder } from '../../lib/machine/machine-files.js';
import { parseUnresolved, unresolvedProblems } from '../../lib/machine/unresolved.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { ProvisionOptions } from './provision-options.js';

/** The team's own file, below the folder of its package.json. */
export const LOCK_FILE = 'nixos/flake.lock';

/**
 * Pins that nobody has computed yet.
 *
 * @param root folder of the application's package.json
 */
function openPins({ settings }: ClusterToMake, files: ProvisionOptions['files'], root: string): Problem[] {
  const folder = nixosFolder();
  const list = parseUnresolved(readFileSync(join(folder, 'unresolved.json'), 'utf8'));
  const flake = `path:${relative(root, folder)} --output-lock-file ${LOCK_FILE}`;
  return unresolvedProblems(list, { files, installerSha256: settings.machines?.installerSha256 }, flake);
}

/**
 * Machines for production are made from what is pinned, and from nothing else; for others it is said what is not.
 *
 * @throws KeelsonError for production, with the command that computes each pin.
 */
export function reviewPins(
  options: Pick<ProvisionOptions, 'clusters' | 'files' | 'report'> & { readonly production: boolean },
  root: string,
): void {
  for (const cluster of options.clusters.filter(({ settings }) => settings.machines)) {
    const problems = openPins(cluster, options.files, root);
    if (problems.length === 0) continue;
    if (options.production) throw new KeelsonError(`Cluster "${cluster.name}", for production,`, problems);
    for (const { where } of problems)
      options.report?.(`${cluster.name}: ${where} is not pinned; an up for production will ask for it`);
  }
}
