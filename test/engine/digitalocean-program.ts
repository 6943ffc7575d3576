import * as pulumi from '@pulumi/pulumi';
import {
  Cluster,
  type ClusterArgs,
  RegistryCredentials,
  StreamingCredentials,
} from '../../stacks/digitalocean/index.js';

/** A public key whose only use is to be told apart. */
export const publicKey = (person: string): string =>
  `ssh-ed25519 ${Buffer.from(`a key of ${person}`).toString('base64').replace(/=+$/, '')} ${person}@example.com`;

/** The cluster of the tests, before any edit. */
export const SMALL: ClusterArgs = {
  region: 'fra1',
  zone: 'example.com',
  domains: ['lunch.example.com'],
  operatorCidrs: ['203.0.113.7/32'],
  sshKeys: { ada: publicKey('ada') },
  agents: { builds: { size: 's-2vcpu-2gb' } },
  snapshots: { bucket: 'example-main-snapshots' },
  userData: ({ hostname, serverAddress }) => `#cloud-config\n# ${hostname} ${serverAddress}\n`,
  kubeconfig: ([first]) => pulumi.interpolate`server: https://${first?.address}:6443\ntoken: ${KUBE_TOKEN}\n`,
};

/** What must be nowhere in clear. */
export const KUBE_TOKEN = 'kube-token-in-clear-5a7e';

/** The whole cluster stack: a cluster, and what pulls its images and reads its topics. */
export const clusterProgram =
  (edits: Partial<ClusterArgs> = {}, drained?: (machine: string) => void) =>
  async (): Promise<Record<string, unknown>> => {
    const beforeRemoval =
      drained &&
      new pulumi.ResourceHook('drain', async ({ oldOutputs }) => drained(String(oldOutputs?.name)));
    const cluster = new Cluster('main', { ...SMALL, beforeRemoval, ...edits });
    const pull = new RegistryCredentials('pull', { registry: 'example' });
    const orders = new StreamingCredentials('orders', {
      clusterId: 'kafka-1',
      grants: [{ topic: 'orders', permission: 'produce' }],
    });
    return {
      address: cluster.address,
      privateAddresses: cluster.servers.map(({ privateAddress }) => privateAddress),
      kubeconfig: cluster.kubeconfig,
      storageClass: cluster.storageClass,
      monthly: cluster.price.monthly,
      pull: pull.dockerConfigJson,
      password: orders.password,
      snapshotKey: cluster.snapshots?.secretKey,
    };
  };
