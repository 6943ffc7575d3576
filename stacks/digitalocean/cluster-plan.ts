import type * as pulumi from '@pulumi/pulumi';
import { KeelsonError } from '../../lib/config/problem.js';
import { type StorageClassName, storageClassOf } from '../../lib/config/storage-class.js';
import type { ClusterArgs, MachineRole } from './cluster-args.js';
import { clusterProblems, userDataProblem } from './cluster-problems.js';
import { dataVolumeDevice } from './data-volume.js';
import { DEFAULT_IP_RANGE } from './network.js';
import { type PriceEstimate, priceEstimate } from './price-estimate.js';
import { SIZES, slugWarnings } from './sizes.js';

const DEFAULT_SIZE = 's-2vcpu-4gb';
const DEFAULT_DATA_VOLUME = 20;

/** A machine that is to be made. */
export interface PlannedMachine {
  readonly role: MachineRole;
  readonly size: string;
  readonly userData: pulumi.Input<string>;
}

/** What a cluster consists of, before anything is made. */
export interface ClusterPlan {
  /** Host name of the API. */
  readonly apiHost: string;
  readonly serverAddress: string;
  /** The first server comes first, the agents last. */
  readonly machines: readonly PlannedMachine[];
  readonly storageClass: StorageClassName;
  readonly price: PriceEstimate;
  readonly warnings: readonly string[];
}

/** The machines of a cluster and what they cost. @throws KeelsonError with everything that is wrong */
export function planCluster(name: string, args: ClusterArgs): ClusterPlan {
  const { region, sizes = SIZES, dataVolume = DEFAULT_DATA_VOLUME } = args;
  const problems = clusterProblems(name, args, sizes);
  if (problems.length > 0) throw new KeelsonError(`Cluster "${name}"`, problems);
  const apiHost = args.apiHost ?? `${name}-api.${args.zone ?? args.domains?.[0] ?? 'internal'}`;
  const serverAddress = `https://${apiHost}:6443`;
  const machines = rolesOf(name, args, serverAddress).map(({ size, ...role }) => ({
    role,
    size,
    userData: args.userData(role),
  }));
  for (const { role, userData } of machines) {
    const message = typeof userData === 'string' ? userDataProblem(userData) : undefined;
    if (message !== undefined) problems.push({ where: `userData of ${role.hostname}`, message });
  }
  if (problems.length > 0) throw new KeelsonError(`Cluster "${name}"`, problems);
  const slugs = machines.map(({ size }) => size);
  const price = priceEstimate(
    {
      machines: slugs,
      volumes: [dataVolume],
      loadBalancers: args.entry === 'load-balancer' ? 1 : 0,
      spaces: args.snapshots !== undefined,
    },
    sizes,
  );
  return {
    apiHost,
    serverAddress,
    machines,
    storageClass: storageClassOf(args),
    price,
    warnings: slugWarnings(slugs, region, sizes),
  };
}

function rolesOf(
  name: string,
  args: ClusterArgs,
  serverAddress: string,
): (MachineRole & { readonly size: string })[] {
  const { agents = {}, servers = 1, size = DEFAULT_SIZE } = args;
  const shared = { serverAddress, privateCidr: args.ipRange ?? DEFAULT_IP_RANGE };
  return [
    ...Array.from({ length: servers }, (_, index) => ({
      ...shared,
      hostname: `${name}-server-${index + 1}`,
      role: 'server' as const,
      clusterInit: index === 0,
      size,
      ...(index === 0 && { dataDevice: dataVolumeDevice(`${name}-data`) }),
    })),
    ...Object.entries(agents).map(([agent, own]) => ({
      ...shared,
      hostname: `${name}-${agent}`,
      role: 'agent' as const,
      clusterInit: false,
      size: own.size ?? size,
    })),
  ];
}
