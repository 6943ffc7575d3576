import type * as pulumi from '@pulumi/pulumi';
import type { StorageClassName } from '../../lib/config/storage-class.js';
import type { NetworkArgs } from './network.js';
import type { SizeTable } from './sizes.js';

/** What a machine is in its cluster: enough to write its node.json. */
export interface MachineRole {
  /** `main-server-1`. */
  readonly hostname: string;
  readonly role: 'server' | 'agent';
  /** Begins the cluster; the others join `serverAddress`. */
  readonly clusterInit: boolean;
  /** `https://main-api.example.com:6443`. */
  readonly serverAddress: string;
  /** The private network's range. */
  readonly privateCidr: string;
  /** Where the machine finds its data volume; undefined where it has none. */
  readonly dataDevice?: string;
}

/** A machine that is there, for whoever logs in. */
export interface RunningMachine extends MachineRole {
  /** Its own public address: SSH goes there. */
  readonly address: pulumi.Output<string>;
  readonly privateAddress: pulumi.Output<string>;
}

export interface ClusterArgs extends Omit<NetworkArgs, 'protect'> {
  /** The team's public keys by person. Machines are born with them; day-2 changes never touch a droplet. */
  readonly sshKeys: Readonly<Record<string, string>>;
  /** Writes a machine's user data: no secrets, and nothing that changes while the machine lives. */
  readonly userData: (machine: MachineRole) => pulumi.Input<string>;
  /** Fetches the kubeconfig from the first server, once. */
  readonly kubeconfig: (servers: readonly RunningMachine[]) => pulumi.Input<string>;
  /** Of every machine that names none. @default s-2vcpu-4gb */
  readonly size?: string;
  /** 1, or 3 with etcd on each. @default 1 */
  readonly servers?: number;
  /** Further machines for workloads, by name. @default none */
  readonly agents?: Readonly<Record<string, { readonly size?: string }>>;
  /** GiB of the first server's data volume. @default 20 */
  readonly dataVolume?: number;
  /**
   * Where claims go that name no class; they never move. It installs nothing: for `do-block-storage` apply
   * `BlockStorage` to the cluster, and tell its machines the class in node.json.
   * @default local-path on one machine, do-block-storage on several
   */
  readonly storageClass?: StorageClassName;
  /** Host name of the API, in the VPC only. @default `<name>-api.<zone, or the first domain>` */
  readonly apiHost?: string;
  /** A bucket for snapshots of etcd, with a key of its own. @default none */
  readonly snapshots?: { readonly bucket: string; readonly region?: string };
  /** Refuse to delete servers, volumes and addresses. @default true */
  readonly protect?: boolean;
  /** Runs before a machine is deleted: to drain it. @default none */
  readonly beforeRemoval?: pulumi.ResourceHook;
  /** How long a droplet may take to start. @default 15m */
  readonly startTimeout?: string;
  /** Sizes and prices, from `sizesFromApi` where there is a token. @default the dated table */
  readonly sizes?: SizeTable;
}
