import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Service as KubeService } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { apiObject } from '../kube/api-object.js';
import { addClusterService } from '../kube/cluster-service.js';
import { addConfiguration, configurationAnnotation } from '../kube/configuration.js';
import { namespaceOf } from '../kube/context.js';
import { type Endpoint, type NetworkPeer, serviceHost } from '../kube/endpoint.js';
import type { KeysOf } from '../kube/known-keys.js';
import { labels, NAME } from '../kube/labels.js';
import { metricsAnnotations } from '../kube/metrics.js';
import { MONITORING } from '../kube/monitoring.js';
import { declareSecret, isSecretRef, type SecretRef } from '../kube/secret-ref.js';
import { addServiceAccount } from '../kube/service-account.js';
import { dependentsOf } from '../kube/uses.js';
import { clusterConfiguration, scripts } from './redis-cluster/configuration.js';
import { BUS_PORT, clusterPod, METRICS_PORT, PORT } from './redis-cluster/pod.js';
import { LEAST_SHARDS, problems, replicasToMake } from './redis-cluster/problems.js';
import { redisDumpAnnotation } from './redis-dump/redis-dump.js';
import { maxMemoryMiB, type RedisSingleProps, SINGLE_KEYS } from './redis-single.js';
import { WorkloadPolicy } from './workload-policy.js';

export interface RedisClusterProps extends RedisSingleProps {
  /** Parts that the keys are spread over, 3 at least, so that two masters can outvote a third. @default 3 */
  readonly shards?: number;
  /** Copies of each shard besides its master. It cannot change later. @default 1 */
  readonly replicasPerShard?: number;
  /**
   * How many replicas must listen before a master takes a write. With 0 a shard takes writes while its master is its
   * only pod, and those are lost with that pod. @default 1, or 0 without replicas
   */
  readonly minReplicasToWrite?: number;
  /** Let the cluster's Prometheus scrape an exporter beside each Redis. @default false: it costs a container a pod */
  readonly metrics?: boolean;
}

export const CLUSTER_KEYS: KeysOf<RedisClusterProps> = {
  ...SINGLE_KEYS,
  shards: true,
  replicasPerShard: true,
  minReplicasToWrite: true,
  metrics: true,
};

interface Props extends RedisClusterProps {
  readonly name: string;
  /** What dependents use; asked for them when the whole tree stands. */
  readonly endpoint: Endpoint & Construct;
}

/**
 * Redis Cluster: several masters, each with a part of the keys and with replicas of its own, which take over when it
 * dies.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
 */
export class RedisCluster extends Construct {
  readonly port = PORT;
  readonly variables: Readonly<Record<string, string | SecretRef>>;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { name, password, replicasPerShard = 1, metrics = false, endpoint } = props;
    const namespace = namespaceOf(this);
    const host = serviceHost(name, namespace);
    const peers = serviceHost(`${name}-nodes`, namespace);
    // The first three shards are always there: a client that starts from them need not start anew when one is added.
    const seeds = Array.from(
      { length: LEAST_SHARDS * (1 + replicasToMake(replicasPerShard)) },
      (_, ordinal) => ordinal,
    );
    this.variables = {
      HOST: host,
      PORT: `${PORT}`,
      URL: `redis://${host}:${PORT}`,
      NODES: seeds.map((ordinal) => `${name}-${ordinal}.${peers}:${PORT}`).join(','),
      ...(password && { PASSWORD: password }),
    };
    if (isSecretRef(password)) declareSecret(this, password);
    addServiceAccount(this, name);
    this.addServices(name);
    this.addPods(props, peers);
    const peer: NetworkPeer = { kind: 'pods', name, namespace };
    new WorkloadPolicy(this, 'network', {
      name,
      namespace,
      from: () => [
        { peers: [peer], ports: [PORT, BUS_PORT] },
        { peers: dependentsOf(endpoint), ports: [PORT] },
        { peers: metrics ? [MONITORING.peer] : [], ports: [METRICS_PORT] },
      ],
      to: () => [{ peer, ports: [PORT, BUS_PORT] }],
    });
    this.node.addValidation({ validate: () => problems(props) });
  }

  private addServices(name: string): void {
    addClusterService(this, { name, ports: { redis: PORT } });
    apiObject<KubeService>(this, 'peers', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: `${name}-nodes` },
      spec: {
        type: 'ClusterIP',
        clusterIP: 'None',
        // Pods become ready when they have found each other.
        publishNotReadyAddresses: true,
        selector: { [NAME]: name },
        ports: [
          { name: 'redis', port: PORT, targetPort: 'redis', protocol: 'TCP' },
          { name: 'bus', port: BUS_PORT, targetPort: 'bus', protocol: 'TCP' },
        ],
      },
    });
  }

  private addPods(props: Props, peers: string): void {
    const { name, shards = LEAST_SHARDS, replicasPerShard = 1, storageGiB = 1 } = props;
    const files = {
      'redis.conf': clusterConfiguration({
        maxMemoryMiB: maxMemoryMiB(props.resources),
        eviction: props.eviction ?? 'noeviction',
        minReplicasToWrite: props.minReplicasToWrite ?? Math.min(1, replicasPerShard),
      }),
      ...scripts(),
    };
    addConfiguration(this, name, {
      ...files,
      shards: `${shards}
`,
      'pods-per-shard': `${1 + replicasPerShard}
`,
    });
    apiObject<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, annotations: redisDumpAnnotation() },
      spec: {
        replicas: shards * (1 + replicasPerShard),
        serviceName: `${name}-nodes`,
        // None is ready before all are there.
        podManagementPolicy: 'Parallel',
        // A shard that went away with its slots comes back with them.
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        selector: { matchLabels: { [NAME]: name } },
        template: {
          // The number of shards is left out: pods read it while they run.
          metadata: {
            labels: labels(this, name),
            annotations: {
              ...configurationAnnotation(files),
              ...(props.metrics && metricsAnnotations({ port: METRICS_PORT })),
            },
          },
          spec: clusterPod(props, peers),
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${storageGiB}Gi` } } },
          },
        ],
      },
    });
    apiObject<PodDisruptionBudget>(this, 'disruption-budget', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name },
      spec: { maxUnavailable: 1, selector: { matchLabels: { [NAME]: name } } },
    });
  }
}
