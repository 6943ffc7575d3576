import * as pulumi from '@pulumi/pulumi';
import type { FileTree } from '../../lib/machine/tarball.js';
import { userData } from '../../lib/machine/user-data.js';
import { Cluster } from '../digitalocean/cluster.js';
import type { ClusterOutputs } from '../digitalocean/cluster-outputs.js';
import { ManagedCluster } from '../digitalocean/managed-cluster.js';
import type { PriceEstimate } from '../digitalocean/price-estimate.js';
import type { SizeTable } from '../digitalocean/sizes.js';
import { protectsData } from '../settings.js';
import { type ClusterToMake, isIn } from './cluster-to-make.js';
import { type HostKeys, type MachineKeys, type Made, outputOf } from './made-machines.js';
import { nodeOf } from './node-of.js';

export interface MachinesProgramOptions {
  readonly keys: MachineKeys;
  /** Kept in the outputs while `keys` take their place. @default none */
  readonly formerKeys?: MachineKeys | undefined;
  /** Kept in the outputs, of machines that are to be. @default none */
  readonly hostKeys?: HostKeys;
  /** Kept in the outputs, of machines that are to be. @default none */
  readonly configured?: Made['configured'];
  /** The files of `nixos/`. */
  readonly files: FileTree;
  /** @default the dated table */
  readonly sizes?: SizeTable;
  /** Called before an agent's droplet is deleted. @default nothing is, where nothing is ever deleted */
  readonly drain?: (hostname: string) => Promise<void>;
  /** Hears what everything costs. */
  readonly priced: (price: PriceEstimate) => void;
}

/** What runs in the stack of a cluster's machines. @returns the outputs, as `madeSchema` reads them */
export function machinesProgram(cluster: ClusterToMake, options: MachinesProgramOptions): pulumi.Inputs {
  const made = cluster.settings.machines ? droplets(cluster, options) : managed(cluster, options);
  options.priced(made.price);
  return made.outputs;
}

interface Program extends Pick<ClusterOutputs, 'price'> {
  readonly outputs: pulumi.Inputs;
}

function droplets(
  cluster: ClusterToMake,
  { keys, formerKeys, hostKeys = {}, configured = {}, files, sizes, drain }: MachinesProgramOptions,
): Program {
  const { name, settings, domains } = cluster;
  const { sshKeys: _, k3s: __, installerSha256, ...machines } = settings.machines ?? never('machines');
  const beforeRemoval =
    drain &&
    new pulumi.ResourceHook(`${name}-drain`, async ({ oldOutputs }) => drain(String(oldOutputs?.name)));
  const made = new Cluster(name, {
    ...machines,
    domains: domains.filter((domain) => isIn(machines.zone, domain)),
    // People's keys come with node.json, on the first day as on any other: the account may have theirs already.
    sshKeys: { keelson: keys.publicKey },
    userData: (role) =>
      userData(nodeOf(cluster, role, keys), { bootstrapKey: keys.publicKey, files, installerSha256 }),
    // It is not there before the machine is NixOS, long after this program: `clusterAccess` fetches it.
    kubeconfig: () => '',
    protect: protectsData(),
    ...(beforeRemoval && { beforeRemoval }),
    ...(sizes && { sizes }),
  });
  const { snapshots } = made;
  const all = [...made.servers, ...made.agents];
  const ofThose = <T>(known: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      Object.entries(known).filter(([name]) => all.some(({ hostname }) => hostname === name)),
    );
  const outputs = {
    keys: pulumi.secret(keys),
    ...(formerKeys && { formerKeys: pulumi.secret(formerKeys) }),
    machines: all.map(outputOf),
    hostKeys: ofThose(hostKeys),
    configured: ofThose(configured),
    address: made.address,
    ...(snapshots && {
      snapshots: pulumi.secret({
        bucket: snapshots.bucket,
        endpoint: snapshots.endpoint,
        region: snapshots.region,
        accessKeyId: snapshots.accessKey,
        secretAccessKey: snapshots.secretKey,
      }),
    }),
  };
  return { price: made.price, outputs };
}

function managed({ name, settings }: ClusterToMake, { keys, sizes }: MachinesProgramOptions): Program {
  const made = new ManagedCluster(name, {
    ...(settings.managed ?? never('managed')),
    protect: protectsData(),
    ...(sizes && { sizes }),
  });
  return { price: made.price, outputs: { keys: pulumi.secret(keys), kubeconfig: made.kubeconfig } };
}

function never(key: string): never {
  throw new Error(`a cluster without ${key} has no such stack`);
}
