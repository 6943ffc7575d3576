import { nodeRegistry } from '../../lib/constructs/registry/address.js';
import { registriesConfiguration } from '../../lib/constructs/registry/registries-configuration.js';
import { type NodeInput, type NodeSettings, parseNode } from '../../lib/machine/node.js';

export const KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPvxUciJaPNdNwxZ5n7i10aLvq4QAgRorZFTSZs9mT+V ada@example.com';

/** The least that a machine has to say. */
export const SINGLE: NodeInput = {
  hostname: 'main-1',
  role: 'server',
  tlsSans: ['api.example.com'],
  sshKeys: [KEY],
  operatorCidrs: ['192.0.2.7/32'],
  privateNetwork: { cidr: '10.110.0.0/20' },
};
const API = 'https://api.internal.example.com:6443';

/** Every shape of a machine. */
export const MACHINES = {
  single: parseNode(SINGLE),
  first: parseNode({
    ...SINGLE,
    tlsSans: ['api.internal.example.com', '10.110.0.5'],
    operatorCidrs: ['192.0.2.7/32', '2001:db8::/64'],
    storageClass: 'do-block-storage',
    nodeLabels: { 'example.com/disk': 'ssd' },
    disabledComponents: ['servicelb'],
    registries: registriesConfiguration(
      [
        nodeRegistry({ host: 'registry.example.com' }),
        { name: 'private.example.com', caFile: '/etc/ssl/ca.pem' },
      ],
      { shared: ['docker.io'] },
    ),
    snapshots: {
      bucket: 'snapshots',
      endpoint: 'fra1.digitaloceanspaces.com',
      region: 'fra1',
      folder: 'main',
    },
    dataVolume: { device: '/dev/disk/by-id/scsi-0DO_Volume_main-1' },
  }),
  joining: parseNode({ ...SINGLE, hostname: 'main-2', serverAddress: API, versions: { k3s: 'k3s_1_34' } }),
  agent: parseNode({
    ...SINGLE,
    hostname: 'worker-1',
    role: 'agent',
    serverAddress: API,
    tlsSans: [],
    flannelBackend: 'wireguard-native',
    dataVolume: { device: '/dev/disk/by-id/scsi-0DO_Volume_worker-1', mountPoint: '/srv' },
  }),
} satisfies Record<string, NodeSettings>;
