import { createHash } from 'node:crypto';
import { nodeJson } from '../../lib/machine/node.js';
import { type NodeRecord, nodeChanges } from '../../lib/machine/node-changes.js';
import { type FileTree, tarball } from '../../lib/machine/tarball.js';
import { type ReviewedMachine, reviewUpgrades } from '../machine/upgrade-review.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { Made } from './made-machines.js';
import { nodeOf } from './node-of.js';

/** What machines are configured with by what the application says now, as the state keeps it once they are. */
export function configurationsOf(
  cluster: ClusterToMake,
  made: Made,
  { files }: { readonly files: FileTree },
): Made['configured'] {
  const { keys, machines } = made;
  if (keys === undefined) return {};
  const sum = createHash('sha256').update(tarball(files)).digest('hex');
  return Object.fromEntries(
    machines.map((one) => [one.hostname, { node: nodeJson(nodeOf(cluster, one, keys, made)), files: sum }]),
  );
}

/**
 * What an up would change in the configuration of machines that are there, a line each: by what the state keeps of them,
 * without asking them. What an upgrade of k3s breaks is named as that up names it.
 *
 * @throws KeelsonError for an upgrade that the up would refuse.
 */
export function configurationChanges(
  cluster: ClusterToMake,
  made: Made,
  options: { readonly files: FileTree },
): string[] {
  const next = configurationsOf(cluster, made, options);
  const steps: ReviewedMachine[] = [];
  const lines = Object.entries(next).flatMap(([hostname, { node, files }]) => {
    const before = made.configured[hostname];
    if (before === undefined) return [`${hostname}: is configured for the first time`];
    const [old, now] = [before.node, node].map((one) => JSON.parse(one) as NodeRecord) as [
      NodeRecord,
      NodeRecord,
    ];
    steps.push({ name: hostname, from: k3sOf(old), to: k3sOf(now) });
    return [
      ...nodeChanges(old, now),
      ...(before.files === files ? [] : ['nixos/: other files, of Keelson or your flake.lock']),
    ].map((change) => `${hostname}: ${change}`);
  });
  return [...lines, ...reviewUpgrades(steps)];
}

const k3sOf = (node: NodeRecord): string | undefined => {
  const { k3s } = (node.versions ?? {}) as { readonly k3s?: unknown };
  return typeof k3s === 'string' ? k3s : undefined;
};
