import fc from 'fast-check';
import lunch from '../../examples/lunch/app.js';
import { type KubeObject, Redis, ScheduledJob, Service, synthesize, Worker } from '../../lib/index.js';
import { requestsOf } from '../../lib/requests.js';
import { objectsOf, smallApplication } from '../support/application.js';

const container = (cpu: string, memory: string, extra: object = {}) => ({
  name: 'main',
  image: 'example.com/main:1',
  resources: { requests: { cpu, memory } },
  ...extra,
});
const workload = (kind: string, spec: object, podSpec: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'main', namespace: 'staging' },
  spec: { ...spec, template: { spec: podSpec } },
});
const one = { containers: [container('100m', '64Mi')] };
const pod = (podSpec: object) => requestsOf([workload('StatefulSet', {}, podSpec)]);

test.each([
  ['millicores and mebibytes', '250m', '64Mi', 250, 64],
  ['cores and gibibytes', '1.5', '2Gi', 1500, 2048],
  ['bytes', '1', '134217728', 1000, 128],
  ['decimal units', '1', '1048576k', 1000, 1000],
])('reads %s', (_what, cpu, memory, cpuMillis, memoryMiB) => {
  expect(pod({ containers: [container(cpu, memory)] })).toMatchObject({ cpuMillis, memoryMiB });
});

test('takes a limit for the request where only that is stated', () => {
  const resources = { limits: { cpu: '300m', memory: '100Mi' }, requests: { cpu: '100m' } };
  expect(pod({ containers: [{ ...container('', ''), resources }] })).toMatchObject({
    cpuMillis: 100,
    memoryMiB: 100,
  });
});

test('adds what runs together: containers, sidecars and the overhead', () => {
  const sidecar = container('10m', '16Mi', { restartPolicy: 'Always' });
  const overhead = { cpu: '5m', memory: '8Mi' };
  expect(pod({ ...one, initContainers: [sidecar], overhead })).toMatchObject({
    cpuMillis: 115,
    memoryMiB: 88,
  });
});

test('reserves what the largest step of the initialization needs, with the sidecars before it', () => {
  const sidecar = container('10m', '16Mi', { restartPolicy: 'Always' });
  const step = container('200m', '32Mi');
  expect(pod({ ...one, initContainers: [sidecar, step] })).toMatchObject({ cpuMillis: 210, memoryMiB: 80 });
  expect(pod({ ...one, initContainers: [step, sidecar] })).toMatchObject({ cpuMillis: 200, memoryMiB: 80 });
});

test.each([
  [{ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }, 4],
  [{ type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%' } }, 5],
  [{ type: 'RollingUpdate', rollingUpdate: { maxSurge: '34%' } }, 5],
  [undefined, 4],
  [{ type: 'Recreate' }, 3],
])('a Deployment of 3 that is updated by %j has %d pods at its peak', (strategy, peak) => {
  const demand = requestsOf([workload('Deployment', { replicas: 3, strategy }, one)]);
  expect(demand).toEqual({
    cpuMillis: 300,
    memoryMiB: 192,
    peak: { cpuMillis: peak * 100, memoryMiB: peak * 64 },
  });
});

test('jobs count at the peak only, with their parallelism', () => {
  const job = workload('Job', { parallelism: 2 }, one);
  const scheduled = {
    ...job,
    kind: 'CronJob',
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: job.spec } },
  };
  expect(requestsOf([job, scheduled])).toEqual({
    cpuMillis: 0,
    memoryMiB: 0,
    peak: { cpuMillis: 400, memoryMiB: 256 },
  });
});

test('an autoscaler decides between which numbers its own workload moves', () => {
  const scaled = workload('Deployment', { strategy: { rollingUpdate: { maxSurge: 1 } } }, one);
  const autoscaler = (namespace: string, name: string): KubeObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: { scaleTargetRef: { kind: 'Deployment', name }, minReplicas: 2, maxReplicas: 5 },
  });
  expect(requestsOf([autoscaler('staging', 'main'), scaled])).toMatchObject({
    cpuMillis: 200,
    peak: { cpuMillis: 600 },
  });
  for (const other of [autoscaler('production', 'main'), autoscaler('staging', 'other')])
    expect(requestsOf([other, scaled])).toMatchObject({ cpuMillis: 100, peak: { cpuMillis: 200 } });
});

test('no workload asks for more while nothing changes than at its peak', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Deployment', 'StatefulSet', 'DaemonSet', 'Job'),
      fc.record({ replicas: fc.nat(20), strategy: fc.constantFrom(undefined, { type: 'Recreate' }) }),
      (kind, spec) => {
        const { cpuMillis, memoryMiB, peak } = requestsOf([workload(kind, spec, one)]);
        return cpuMillis <= peak.cpuMillis && memoryMiB <= peak.memoryMiB;
      },
    ),
  );
});

test("sums Keelson's own workloads", () => {
  const application = smallApplication({
    services: (env) => {
      new Redis(env, 'cache');
      new Service(env, 'web', {
        image: 'example.com/web:1',
        ports: { http: 80 },
        autoscale: { max: 4 },
        init: { migrate: { image: 'example.com/web:1', resources: { memoryMiB: 100 } } },
      });
      new Worker(env, 'mail', {
        image: 'example.com/mail:1',
        sidecars: { log: { image: 'example.com/log:1' } },
      });
      new ScheduledJob(env, 'report', { image: 'example.com/report:1', schedule: '0 3 * * *' });
    },
  });
  // cache, two of web, mail with its sidecar; then also three more of web, another mail, and report
  expect(requestsOf(objectsOf(synthesize(application), 'staging'))).toEqual({
    cpuMillis: 25 + 2 * 25 + 50,
    memoryMiB: 64 + 2 * 100 + 128,
    peak: { cpuMillis: 25 + 5 * 25 + 2 * 50 + 25, memoryMiB: 64 + 5 * 100 + 2 * 128 + 64 },
  });
});

/**
 * What a machine of k3s has besides our objects. The page says what the server itself used, without pods; CoreDNS
 * states its requests in k3s' manifests; metrics-server is taken as its own project publishes it.
 *
 * @see https://docs.k3s.io/reference/resource-profiling
 * @see https://github.com/k3s-io/k3s/blob/master/manifests/coredns.yaml
 * @see https://github.com/kubernetes-sigs/metrics-server#scaling
 */
const K3S = {
  server: { cpuMillis: 60, memoryMiB: 1596e6 / 2 ** 20 },
  coreDns: { cpuMillis: 100, memoryMiB: 70 },
  metricsServer: { cpuMillis: 100, memoryMiB: 200 },
};
const MACHINE = { cpuMillis: 2000, memoryMiB: 4096 };

test.each(['local', 'production'])(
  'the platform, k3s and lunch in %s fit one machine of 2 cores and 4 GiB, updates and jobs included',
  (environment) => {
    const { stacks } = synthesize(lunch, { environments: [environment] });
    const parts = [
      ...stacks.map(({ manifests }) => requestsOf(manifests.flatMap(({ objects }) => objects)).peak),
      ...Object.values(K3S),
    ];
    expect(stacks.map(({ kind }) => kind)).toEqual(['cluster', 'environment']);
    for (const resource of ['cpuMillis', 'memoryMiB'] as const) {
      const sum = parts.reduce((total, part) => total + part[resource], 0);
      expect(sum).toBeLessThanOrEqual(MACHINE[resource]);
    }
  },
);
