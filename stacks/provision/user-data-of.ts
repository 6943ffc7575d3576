import { machineFiles } from '../../lib/machine/machine-files.js';
import { userData } from '../../lib/machine/user-data.js';
import { planCluster } from '../digitalocean/cluster-plan.js';
import type { ClusterToMake } from './cluster-to-make.js';
import { nodeOf } from './node-of.js';

/**
 * The cloud-config of each machine of a cluster, by its name in it: `server-1`, or an agent's.
 *
 * @param publicKey of who will configure it. @default the first of `sshKeys`
 * @throws KeelsonError with everything that is wrong with the cluster.
 */
export function userDataOf(cluster: ClusterToMake, publicKey?: string): Record<string, string> {
  const { machines } = cluster.settings;
  if (machines === undefined) return {};
  const { installerSha256, k3s: _, ...settings } = machines;
  const key = publicKey ?? Object.values(machines.sshKeys)[0] ?? '';
  const files = machineFiles();
  const texts: Record<string, string> = {};
  planCluster(cluster.name, {
    ...settings,
    kubeconfig: () => '',
    userData: (role) => {
      const text = userData(nodeOf(cluster, role, { publicKey: key }), {
        ...{ bootstrapKey: key, files, installerSha256 },
      });
      texts[role.hostname.slice(cluster.name.length + 1)] = text;
      return text;
    },
  });
  return texts;
}
