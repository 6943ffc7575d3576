import { Construct } from 'constructs';
import type { PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import type { IssuerName } from '../config/issuer.js';
import { images } from '../config/versions.js';
import { apiObject } from '../kube/api-object.js';
import { namespaceOf } from '../kube/context.js';
import type { NetworkPeer } from '../kube/endpoint.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { MONITORING } from '../kube/monitoring.js';
import type { Resources } from '../kube/resources.js';
import { declareSecret, isSecretRef, type SecretRef } from '../kube/secret-ref.js';
import { Ingress } from './ingress.js';
import { nodeRegistry, REGISTRY_ADDRESS } from './registry/address.js';
import { REGISTRY_METRICS_PORT, REGISTRY_PORT } from './registry/configuration.js';
import {
  RegistryGarbageCollection,
  type RegistryGarbageCollectionOptions,
} from './registry/garbage-collection.js';
import { registryProblems } from './registry/problems.js';
import type { NodeRegistry } from './registry/registries-configuration.js';
import { RegistryServer } from './registry/server.js';
import { WorkloadPolicy } from './workload-policy.js';

export interface RegistryProps {
  /** Host name outside the cluster, over TLS; needs `users`. @default none: nodes and port forwards reach it */
  readonly host?: string;
  /** Signs the certificate of `host`. @default letsencrypt-staging */
  readonly issuer?: IssuerName;
  /** Who may push and pull: lines of `htpasswd -B`, bcrypt only. @default everybody who reaches it */
  readonly users?: SecretRef;
  /** Address of the Service: in the cluster's range of services, and not used yet. @default 10.43.0.50, for k3s */
  readonly clusterIP?: string;
  /** Size of the volume, in GiB. It cannot shrink. @default 10 */
  readonly storageGiB?: number;
  /** @default the cluster's default */
  readonly storageClass?: string;
  /** @default weekly; images without a tag are kept */
  readonly garbageCollection?: RegistryGarbageCollectionOptions;
  /** Pods that may reach it, such as a builder's. @default none */
  readonly clients?: readonly NetworkPeer[];
  /**
   * Addresses by which *other* nodes reach it, as CIDRs; its own node always may. With flannel these are the network
   * addresses of the nodes' pod ranges, such as `10.42.1.0/32`.
   * @default none: one node
   */
  readonly nodeCidrs?: readonly string[];
  /** Let the cluster's Prometheus scrape it. @default false */
  readonly metrics?: boolean;
  /** Not from this registry: it would wait for itself. @default the registry of `lib/config/versions.ts` */
  readonly image?: string;
  /** @default 25 thousandths of a core, 64 MiB (at most 256 MiB), 256 MiB of disk */
  readonly resources?: Resources;
}

const KEYS: KeysOf<RegistryProps> = {
  host: true,
  issuer: true,
  users: true,
  clusterIP: true,
  storageGiB: true,
  storageClass: true,
  garbageCollection: true,
  clients: true,
  nodeCidrs: true,
  metrics: true,
  image: true,
  resources: true,
};

/**
 * A private registry of images on one volume, which the nodes of its cluster pull from without DNS, ingress or
 * certificate: see {@link nodeRegistry} and {@link registriesConfiguration}.
 *
 * @example
 * const chart = new Chart(app, 'registry', { namespace: 'registry' });
 * new Registry(chart, 'registry', { host: 'registry.example.com', users: secretRef('registry-users', 'htpasswd') });
 */
export class Registry extends Construct {
  readonly name: string;
  /** How nodes reach it; `name` in it is what images begin with. */
  readonly address: NodeRegistry;

  constructor(scope: Construct, id: string, props: RegistryProps = {}) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    this.name = id;
    this.address = nodeRegistry(props);
    const {
      host,
      issuer,
      users,
      clients = [],
      nodeCidrs = [],
      metrics = false,
      image = images.registry,
    } = props;
    if (isSecretRef(users)) declareSecret(this, users, namespaceOf(this));
    this.addStorage(props);
    new RegistryServer(this, 'server', {
      name: id,
      image,
      metrics,
      clusterIP: props.clusterIP ?? REGISTRY_ADDRESS,
      ...(users && { users }),
      ...(props.resources && { resources: props.resources }),
    });
    new RegistryGarbageCollection(this, 'garbage-collection', {
      registry: id,
      image,
      ...props.garbageCollection,
    });
    if (host !== undefined)
      new Ingress(this, 'ingress', {
        name: id,
        routes: [host],
        service: { name: id, ports: { http: REGISTRY_PORT } },
        ...(issuer !== undefined && { issuer }),
      });
    const peers = [
      ...(host === undefined ? [] : [TRAEFIK.peer]),
      ...clients,
      ...(nodeCidrs.length > 0 ? [{ kind: 'addresses' as const, cidrs: nodeCidrs }] : []),
    ];
    new WorkloadPolicy(this, 'network', {
      name: id,
      namespace: namespaceOf(this),
      from: () => [
        { peers, ports: [REGISTRY_PORT] },
        { peers: metrics ? [MONITORING.peer] : [], ports: [REGISTRY_METRICS_PORT] },
      ],
      to: () => [],
    });
    this.node.addValidation({ validate: () => registryProblems(props, this.name, this.address.name) });
  }

  private addStorage({ storageGiB = 10, storageClass }: RegistryProps): void {
    // A claim of its own and not the StatefulSet's: it can grow in place, and the collection's pod mounts it too.
    apiObject<PersistentVolumeClaim>(this, 'claim', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: this.name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(storageClass !== undefined && { storageClassName: storageClass }),
        resources: { requests: { storage: `${storageGiB}Gi` } },
      },
    });
  }
}
