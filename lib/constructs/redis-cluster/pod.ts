import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { images } from '../../config/versions.js';
import { envVar } from '../../kube/endpoint.js';
import { podSpec } from '../../kube/pod.js';
import { resourceRequirements } from '../../kube/resources.js';
import type { RedisClusterProps } from '../redis-cluster.js';

export const PORT = 6379;
/** Where the nodes talk to each other: Redis adds 10,000 to its port. */
export const BUS_PORT = 16379;
export const METRICS_PORT = 9121;

/** Time for `stop.sh`: a shard that is being removed waits until its slots have been moved away, in seconds. */
const LEAVE_SECONDS = 3600;

const CONFIGURATION = '/etc/redis';

/** One pod of the cluster: Redis, started and kept by its scripts, and an exporter on request. */
export function clusterPod(props: RedisClusterProps & { readonly name: string }, peers: string): PodSpec {
  const { name, metrics } = props;
  return podSpec(name, {
    terminationGracePeriodSeconds: LEAVE_SECONDS,
    containers: [redis(props, peers), ...(metrics ? [exporter(props)] : [])],
    volumes: [{ name: 'configuration', configMap: { name } }],
  });
}

const redis = (
  { image = images.redis, password, resources }: RedisClusterProps,
  peers: string,
): Container => ({
  name: 'redis',
  image,
  imagePullPolicy: 'IfNotPresent',
  command: ['sh', `${CONFIGURATION}/start.sh`],
  env: [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'PEERS', value: peers },
    ...(password ? [envVar('REDISCLI_AUTH', password)] : []),
  ],
  ports: [
    { name: 'redis', containerPort: PORT },
    { name: 'bus', containerPort: BUS_PORT },
  ],
  resources: resourceRequirements(resources),
  startupProbe: { tcpSocket: { port: PORT }, periodSeconds: 2, failureThreshold: 60 },
  readinessProbe: {
    exec: { command: ['sh', `${CONFIGURATION}/ready.sh`] },
    periodSeconds: 5,
    timeoutSeconds: 7,
  },
  // The process alone is asked: a cluster that has failed heals sooner when its pods stay.
  livenessProbe: { tcpSocket: { port: PORT }, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6 },
  lifecycle: { preStop: { exec: { command: ['sh', `${CONFIGURATION}/stop.sh`] } } },
  volumeMounts: [
    { name: 'configuration', mountPath: CONFIGURATION, readOnly: true },
    { name: 'data', mountPath: '/data' },
  ],
});

const exporter = ({ password }: RedisClusterProps): Container => ({
  name: 'metrics',
  image: images.redisExporter,
  imagePullPolicy: 'IfNotPresent',
  env: [
    { name: 'REDIS_ADDR', value: `redis://localhost:${PORT}` },
    ...(password ? [envVar('REDIS_PASSWORD', password)] : []),
  ],
  ports: [{ name: 'metrics', containerPort: METRICS_PORT }],
  resources: resourceRequirements({ cpuMillis: 5, memoryMiB: 16, ephemeralStorageMiB: 16 }),
  readinessProbe: { httpGet: { path: '/health', port: METRICS_PORT }, periodSeconds: 10 },
  livenessProbe: { httpGet: { path: '/health', port: METRICS_PORT }, periodSeconds: 30 },
});
