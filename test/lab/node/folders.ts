import { join } from 'node:path';

/** Name of the lab's node, of its cgroup and of its network's interface. */
export const LAB = 'keelson-lab';

/** What tells one node from another. */
export interface Machine {
  /** Also of its control group. */
  readonly name: string;
  /** In a range that documentation keeps for examples. */
  readonly address: string;
  /** Addresses of its pods. */
  readonly pods: string;
}

export const FIRST: Machine = { name: LAB, address: '192.0.2.10', pods: '10.42.0.0/24' };
export const SECOND: Machine = { name: `${LAB}-2`, address: '192.0.2.11', pods: '10.42.1.0/24' };

/** Of pods, which is k3s'. */
export const POD_RANGE = '10.42.0.0/16';

/** Of the cluster's DNS, which is k3s'. */
export const DNS_ADDRESS = '10.43.0.10';

/** Everything that a lab writes, below one folder; /run is its own. */
export const labFolders = (state: string) => ({
  controlPlane: join(state, 'control-plane'),
  commands: join(state, 'commands'),
  containerd: join(state, 'containerd'),
  containerdConfig: join(state, 'containerd.toml'),
  /** One folder a registry: how containerd reaches it. */
  registries: join(state, 'registries'),
  network: join(state, 'network'),
  kubelet: join(state, 'kubelet'),
  kubeletConfig: join(state, 'kubelet.json'),
  podLogs: join(state, 'pod-logs'),
  volumes: join(state, 'volumes'),
  resolvConf: join(state, 'resolv.conf'),
  applications: join(state, 'applications'),
  pulumi: join(state, 'pulumi'),
  backups: join(state, 'backups'),
});

export type LabFolders = ReturnType<typeof labFolders>;
