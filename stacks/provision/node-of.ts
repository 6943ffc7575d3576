import { storageClassOf } from '../../lib/config/storage-class.js';
import { nodeRegistry } from '../../lib/constructs/registry/address.js';
import { registriesConfiguration } from '../../lib/constructs/registry/registries-configuration.js';
import { EVERYBODY } from '../../lib/machine/network.js';
import { type NodeSettings, parseNode } from '../../lib/machine/node.js';
import type { MachineRole } from '../digitalocean/cluster-args.js';
import type { MachineSecrets } from '../machine/secrets.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { MachineKeys, Made } from './made-machines.js';

/**
 * The node.json of a machine: what it is in its cluster, and what the application says of all of them.
 *
 * @param made what else the state has: the bucket of snapshots, and keys that are being replaced
 * @throws KeelsonError with everything that is wrong.
 */
export function nodeOf(
  { name, settings }: ClusterToMake,
  role: MachineRole,
  { publicKey }: Pick<MachineKeys, 'publicKey'>,
  made: Pick<Made, 'snapshots' | 'formerKeys'> = {},
): NodeSettings {
  const { machines, registry } = settings;
  const { snapshots, formerKeys } = made;
  const server = role.role === 'server';
  return parseNode({
    hostname: role.hostname,
    role: role.role,
    clusterInit: role.clusterInit,
    serverAddress: role.clusterInit ? null : role.serverAddress,
    tlsSans: server ? [new URL(role.serverAddress).hostname] : [],
    // The machines' own key comes first: without it nobody could configure them any more.
    sshKeys: [
      publicKey,
      ...(formerKeys ? [formerKeys.publicKey] : []),
      ...Object.values(machines?.sshKeys ?? {}),
    ],
    // The provider's firewall keeps others out: a filter of the machine's own could only be changed from addresses that
    // it lets in, and the provider's lets the new ones in first.
    operatorCidrs: EVERYBODY,
    privateNetwork: { cidr: role.privateCidr },
    ...(machines && { storageClass: storageClassOf(machines) }),
    versions: machines?.k3s === undefined ? {} : { k3s: machines.k3s },
    registries: registriesConfiguration(registry ? [nodeRegistry(registry)] : [], {
      shared: machines?.sharedRegistries,
    }),
    dataVolume: role.dataDevice === undefined ? null : { device: role.dataDevice },
    snapshots:
      server && snapshots
        ? {
            bucket: snapshots.bucket,
            endpoint: snapshots.endpoint,
            region: snapshots.region,
            folder: name,
          }
        : null,
  });
}

/** The secrets that go with it. */
export const secretsOf = (
  { role }: Pick<MachineRole, 'role'>,
  { token, agentToken }: MachineKeys,
  { snapshots, formerKeys }: Pick<Made, 'snapshots' | 'formerKeys'> = {},
): MachineSecrets =>
  role === 'agent'
    ? { token: agentToken }
    : {
        token,
        agentToken,
        ...(formerKeys && { formerToken: formerKeys.token }),
        ...(snapshots && {
          snapshots: { accessKeyId: snapshots.accessKeyId, secretAccessKey: snapshots.secretAccessKey },
        }),
      };
