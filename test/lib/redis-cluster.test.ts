import { App, Chart } from 'cdk8s';
import { images } from '../../lib/config/versions.js';
import type { RedisClusterProps } from '../../lib/constructs/redis-cluster.js';
import { type KubeObject, Redis, Service, secretRef, synthesize } from '../../lib/index.js';
import { objectOf, objectsOf, smallApplication } from '../support/application.js';
import { everything } from '../support/everything.js';

function cluster(props: RedisClusterProps = {}) {
  const chart = new Chart(new App(), 'chart', { namespace: 'staging' });
  const redis = new Redis(chart, 'cache', { topology: 'cluster', ...props });
  return { chart, redis };
}

const objects = (props?: RedisClusterProps): KubeObject[] => cluster(props).chart.toJson() as KubeObject[];
const statefulSet = (props?: RedisClusterProps) => objectOf(objects(props), 'StatefulSet', 'cache');
const dataOf = (props?: RedisClusterProps) =>
  objectOf(objects(props), 'ConfigMap', 'cache').data as Record<string, string>;
const problemsOf = (props: RedisClusterProps): string[] =>
  cluster(props)
    .chart.node.findAll()
    .flatMap(({ node }) => node.validate());

interface Spec {
  readonly replicas: number;
  readonly template: {
    readonly metadata: { readonly annotations: Record<string, string> };
    readonly spec: { readonly containers: readonly { readonly name: string; readonly env: unknown[] }[] };
  };
}
const specOf = (props?: RedisClusterProps) => statefulSet(props).spec as Spec;

test('pods start together, find each other before they are ready, and keep their volumes', () => {
  expect(statefulSet().spec).toMatchObject({
    replicas: 6,
    serviceName: 'cache-nodes',
    podManagementPolicy: 'Parallel',
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    template: {
      spec: {
        topologySpreadConstraints: [{ whenUnsatisfiable: 'ScheduleAnyway' }],
        containers: [
          {
            command: ['sh', '/etc/redis/start.sh'],
            readinessProbe: { exec: { command: ['sh', '/etc/redis/ready.sh'] } },
            lifecycle: { preStop: { exec: { command: ['sh', '/etc/redis/stop.sh'] } } },
          },
        ],
      },
    },
  });
  expect(objectOf(objects(), 'Service', 'cache-nodes').spec).toMatchObject({
    clusterIP: 'None',
    publishNotReadyAddresses: true,
  });
  expect(objectOf(objects(), 'Service', 'cache').spec).not.toHaveProperty('publishNotReadyAddresses');
  expect(objectOf(objects(), 'PodDisruptionBudget', 'cache').spec).toMatchObject({ maxUnavailable: 1 });
});

test('shards and replicas make pods, and another number of shards starts no pod anew', () => {
  expect(specOf({ shards: 4, replicasPerShard: 2 }).replicas).toBe(12);
  expect(dataOf({ shards: 4, replicasPerShard: 2 })).toMatchObject({
    shards: '4\n',
    'pods-per-shard': '3\n',
  });
  expect(specOf({ shards: 4 }).template).toEqual(specOf().template);
  expect(specOf({ eviction: 'allkeys-lru' }).template).not.toEqual(specOf().template);
});

test('dependents start from pods that are always there, so that they too need not start anew', () => {
  const { variables } = cluster({ shards: 5, replicasPerShard: 0 }).redis;
  expect(variables).toEqual({
    HOST: 'cache.staging.svc',
    PORT: '6379',
    URL: 'redis://cache.staging.svc:6379',
    NODES: [0, 1, 2].map((ordinal) => `cache-${ordinal}.cache-nodes.staging.svc:6379`).join(','),
  });
  expect(cluster({ shards: 3, replicasPerShard: 0 }).redis.variables).toEqual(variables);
});

test.each([
  [{}, 1],
  [{ replicasPerShard: 2 }, 1],
  [{ replicasPerShard: 0 }, 0],
  [{ minReplicasToWrite: 0 }, 0],
  [{ replicasPerShard: 2, minReplicasToWrite: 2 }, 2],
])('with %j a master asks for %d replicas before it takes a write', (props, expected) => {
  expect(dataOf(props)['redis.conf']).toContain(`min-replicas-to-write ${expected}\n`);
});

test('data leaves room below the memory limit', () => {
  expect(dataOf({ resources: { memoryLimitMiB: 1000 } })['redis.conf']).toContain('maxmemory 600mb\n');
});

test('the password is a reference in an environment variable, and nowhere else', () => {
  const password = secretRef('cache', 'password');
  const [redis, exporter] = specOf({ password, metrics: true }).template.spec.containers;
  const valueFrom = { secretKeyRef: { name: 'cache', key: 'password' } };
  expect(redis?.env).toContainEqual({ name: 'REDISCLI_AUTH', valueFrom });
  expect(exporter?.env).toContainEqual({ name: 'REDIS_PASSWORD', valueFrom });
  expect(cluster({ password }).redis.variables).toMatchObject({ PASSWORD: password });
  expect(JSON.stringify(specOf().template)).not.toContain('REDISCLI_AUTH');
});

test('pods reach each other on both ports, who uses it the one, Prometheus only an exporter', () => {
  const policyOf = (props: RedisClusterProps) =>
    objectOf(
      objectsOf(
        synthesize(
          smallApplication({
            services: (env) => {
              const cache = new Redis(env, 'cache', { topology: 'cluster', ...props });
              new Service(env, 'web', { image: 'web:1', ports: { http: 8080 }, uses: [cache] });
            },
          }),
        ),
        'staging',
      ),
      'NetworkPolicy',
      'cache',
    ).spec as { ingress: unknown[]; egress: unknown[] };
  const to = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
  const pods = (name: string) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } });
  const { ingress, egress } = policyOf({});
  expect(egress).toEqual([{ to: [pods('cache')], ports: to(6379, 16379) }]);
  expect(ingress).toEqual([
    { from: [pods('cache')], ports: to(6379, 16379) },
    { from: [pods('web')], ports: to(6379) },
  ]);
  expect(policyOf({ metrics: true }).ingress[2]).toMatchObject({
    from: [pods('prometheus')],
    ports: to(9121),
  });
});

test('an exporter is found by its annotations', () => {
  expect(specOf({ metrics: true }).template.metadata.annotations).toMatchObject({
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9121',
  });
  expect(specOf().template.spec.containers.map(({ name }) => name)).toEqual(['redis']);
});

test('everything that is wrong is said at once', () => {
  expect(
    problemsOf({
      shards: 2,
      replicasPerShard: 1.5,
      storageGiB: 0,
      image: 'redis:latest',
      password: 'hunter2' as never,
      resources: { memoryMiB: -1 },
    }),
  ).toEqual([
    'shards: 2 was given; a whole number from 3 to 500 is expected: two masters must outvote one that fails',
    'replicasPerShard: 1.5 was given; a whole number from 0 to 5 is expected',
    expect.stringMatching(/^image: .*"latest"/),
    expect.stringMatching(/^password: (?!.*hunter2)/),
    'storageGiB: 0 was given; a whole number above 0 is expected',
    expect.stringMatching(/^resources\.memoryMiB: -1/),
  ]);
  expect(problemsOf({ minReplicasToWrite: 2 })).toEqual([
    'minReplicasToWrite: 2 was given; a whole number from 0 to 1 is expected: a shard has 1 besides its master',
  ]);
  const long = new Chart(new App(), 'chart');
  new Redis(long, 'a'.repeat(53), { topology: 'cluster' });
  expect(long.node.findAll().flatMap(({ node }) => node.validate())).toEqual([
    expect.stringContaining('at most 52'),
  ]);
});

test('a topology that does not exist names those that do', () => {
  const chart = new Chart(new App(), 'chart');
  new Redis(chart, 'cache', { topology: 'clusters' as never });
  expect(chart.node.findAll().flatMap(({ node }) => node.validate())).toEqual([
    expect.stringContaining('did you mean "cluster"? allowed: single, cluster, external'),
  ]);
});

test('the sample of the other tests has every prop', () => {
  const sample = objectOf(objectsOf(synthesize(everything), 'staging'), 'StatefulSet', 'sessions')
    .spec as Spec;
  expect(sample.replicas).toBe(12);
  expect(JSON.stringify(sample)).toContain(images.valkey);
});
