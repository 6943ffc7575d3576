import { REGISTRY_PORT } from './configuration.js';
import type { NodeRegistry } from './registries-configuration.js';

/** The name of a registry without a host; `internal` is a domain that the internet never resolves. */
const INTERNAL_NAME = 'registry.internal';

/**
 * In k3s' range of services, 10.43.0.0/16, and in the part of it that Kubernetes gives away last.
 * @see https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
 */
export const REGISTRY_ADDRESS = '10.43.0.50';

export interface RegistryAddress {
  /** Host name outside the cluster. @default none */
  readonly host?: string;
  /** @default 10.43.0.50 */
  readonly clusterIP?: string;
}

/**
 * The registry as nodes reach it.
 *
 * Containerd resolves names as the node does, which knows no Service (k3s#1581), so it gets the Service's address: the
 * same one for ever, reachable from every node in every mode of kube-proxy, and from nowhere outside. A NodePort would
 * be open on all addresses of the machine, and nftables does not serve it on the loopback one.
 *
 * With a host it is the same: nodes need neither DNS nor ingress nor a valid certificate to start a pod.
 */
export const nodeRegistry = ({ host, clusterIP = REGISTRY_ADDRESS }: RegistryAddress = {}): NodeRegistry => ({
  name: host ?? INTERNAL_NAME,
  endpoint: `http://${clusterIP}:${REGISTRY_PORT}`,
});
