import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import { imageProblem } from '../config/images.js';
import { nameProblem } from '../config/name.js';
import { images } from '../config/versions.js';
import { apiObject } from '../kube/api-object.js';
import { addClusterService } from '../kube/cluster-service.js';
import { addConfiguration, configurationAnnotation } from '../kube/configuration.js';
import { namespaceOf } from '../kube/context.js';
import { type Endpoint, envVar, serviceHost } from '../kube/endpoint.js';
import type { KeysOf } from '../kube/known-keys.js';
import { labels, NAME } from '../kube/labels.js';
import { podSpec } from '../kube/pod.js';
import { type Resources, resourceProblems, resourceRequirements } from '../kube/resources.js';
import { declareSecret, isSecretRef, type SecretRef, secretRefProblem } from '../kube/secret-ref.js';
import { addServiceAccount } from '../kube/service-account.js';
import { dependentsOf } from '../kube/uses.js';
import { redisDumpAnnotation } from './redis-dump/redis-dump.js';
import { WorkloadPolicy } from './workload-policy.js';

export interface RedisSingleProps {
  /** @default the Redis of `lib/config/versions.ts` */
  readonly image?: string;
  /** Asked of every client. @default none: network policies admit only who `uses` it */
  readonly password?: SecretRef;
  /** Size of the volume under the append-only file, in GiB. It cannot shrink. @default 1 */
  readonly storageGiB?: number;
  /** What to evict when memory is full. @default noeviction: writes fail, nothing is lost */
  readonly eviction?:
    | 'noeviction'
    | 'allkeys-lru'
    | 'allkeys-lfu'
    | 'volatile-lru'
    | 'volatile-lfu'
    | 'volatile-ttl';
  /** @default 25 thousandths of a core, 64 MiB (at most 256 MiB), 256 MiB of disk */
  readonly resources?: Resources;
}

export const SINGLE_KEYS: KeysOf<RedisSingleProps> = {
  image: true,
  password: true,
  storageGiB: true,
  eviction: true,
  resources: true,
};

interface Props extends RedisSingleProps {
  readonly name: string;
  /** What dependents use; asked for them when the whole tree stands. */
  readonly endpoint: Endpoint & Construct;
}

const PORT = 6379;

/** Part of the memory limit that data may take; the rest is for the append-only file's rewrite and clients. */
const DATA_SHARE = 0.6;

/**
 * One Redis with an append-only file on a volume: it comes back with its data after a restart, and is away while it
 * restarts.
 */
export class RedisSingle extends Construct {
  readonly port = PORT;
  readonly variables: Readonly<Record<string, string | SecretRef>>;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { name, password, endpoint } = props;
    const namespace = namespaceOf(this);
    const host = serviceHost(name, namespace);
    this.variables = {
      HOST: host,
      PORT: `${PORT}`,
      URL: `redis://${host}:${PORT}`,
      ...(password && { PASSWORD: password }),
    };
    if (isSecretRef(password)) declareSecret(this, password);
    this.addObjects(props);
    new WorkloadPolicy(this, 'network', {
      name,
      namespace,
      from: () => [{ peers: dependentsOf(endpoint), ports: [PORT] }],
      to: () => [],
    });
    this.node.addValidation({ validate: () => problems(props) });
  }

  private addObjects({
    name,
    image = images.redis,
    password,
    storageGiB = 1,
    eviction,
    resources,
  }: Props): void {
    const configuration = { 'redis.conf': redisConfiguration(maxMemoryMiB(resources), eviction) };
    addServiceAccount(this, name);
    addConfiguration(this, name, configuration);
    addClusterService(this, { name, ports: { redis: PORT } });
    apiObject<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, annotations: redisDumpAnnotation() },
      spec: {
        replicas: 1,
        serviceName: name,
        selector: { matchLabels: { [NAME]: name } },
        template: {
          metadata: { labels: labels(this, name), annotations: configurationAnnotation(configuration) },
          spec: podSpec(name, {
            containers: [
              {
                name: 'redis',
                image,
                imagePullPolicy: 'IfNotPresent',
                ...startCommand(password),
                ports: [{ name: 'redis', containerPort: PORT }],
                resources: resourceRequirements(resources),
                startupProbe: { tcpSocket: { port: PORT }, periodSeconds: 2, failureThreshold: 60 },
                readinessProbe: {
                  exec: { command: ['sh', '-c', 'redis-cli ping | grep -q PONG'] },
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                },
                livenessProbe: { tcpSocket: { port: PORT }, periodSeconds: 10, timeoutSeconds: 3 },
                volumeMounts: [
                  { name: 'configuration', mountPath: '/etc/redis', readOnly: true },
                  { name: 'data', mountPath: '/data' },
                ],
              },
            ],
            volumes: [{ name: 'configuration', configMap: { name } }],
          }),
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: `${storageGiB}Gi` } } },
          },
        ],
      },
    });
  }
}

/** How much data Redis may hold, so that the container stays below its limit. */
export const maxMemoryMiB = (resources: Resources = {}): number =>
  Math.floor((resources.memoryLimitMiB ?? 4 * (resources.memoryMiB ?? 64)) * DATA_SHARE);

const redisConfiguration = (
  maxMemoryMiB: number,
  eviction: RedisSingleProps['eviction'] = 'noeviction',
): string =>
  [
    'bind * -::*',
    'dir /data',
    'appendonly yes',
    'appendfsync everysec',
    `maxmemory ${maxMemoryMiB}mb`,
    `maxmemory-policy ${eviction}`,
    '',
  ].join('\n');

/** The password goes by a file of Redis' own user: on a command line everybody on the node could read it. */
function startCommand(password: SecretRef | undefined) {
  if (!password) return { command: ['redis-server', '/etc/redis/redis.conf', '--protected-mode', 'no'] };
  const script = [
    'umask 077',
    // Redis reads a quoted text: what a password may hold must not end it.
    `quoted=$(printf '%s' "$REDISCLI_AUTH" | sed 's/[\\\\"]/\\\\&/g')`,
    `printf 'include /etc/redis/redis.conf\\nrequirepass "%s"\\n' "$quoted" > /tmp/redis.conf`,
    'exec redis-server /tmp/redis.conf',
  ].join(' && ');
  return { command: ['sh', '-c', script], env: [envVar('REDISCLI_AUTH', password)] };
}

/** A label of its pods is the name and a hash of ten letters. */
const LONGEST_NAME = 52;

function problems({ name, image, password, storageGiB = 1, resources }: Props): string[] {
  const nameText = nameProblem(name, LONGEST_NAME);
  const imageText = image === undefined ? undefined : imageProblem(image, { versionRequired: true });
  const passwordText = password === undefined ? undefined : secretRefProblem(password);
  return [
    ...(nameText ? [`name: ${nameText}`] : []),
    ...(imageText ? [`image: ${imageText}`] : []),
    ...(passwordText ? [`password: ${passwordText}`] : []),
    ...(Number.isInteger(storageGiB) && storageGiB > 0
      ? []
      : [`storageGiB: ${storageGiB} was given; a whole number above 0 is expected`]),
    ...resourceProblems(resources),
  ];
}
