import { App, Chart, JsonPatch } from 'cdk8s';
import fc from 'fast-check';
import type { Deployment, StatefulSet } from 'kubernetes-types/apps/v1';
import type { CronJob, Job as KubeJob } from 'kubernetes-types/batch/v1';
import type { Endpoint, Environment } from '../../lib/index.js';
import {
  External,
  Job,
  type KubeObject,
  Redis,
  ScheduledJob,
  Service,
  type ServiceProps,
  StatefulService,
  secretRef,
  synthesize,
  Worker,
} from '../../lib/index.js';
import { scheduleProblem } from '../../lib/kube/schedule.js';
import { messageOf, objectOf, objectsOf, smallApplication } from '../support/application.js';

const image = 'example.com/app:1.0.0';
const web: ServiceProps = { image, ports: { http: 8080 } };

const synth = (services: (env: Environment) => void): KubeObject[] =>
  objectsOf(synthesize(smallApplication({ services: services as never })), 'staging');
const problems = (services: (env: Environment) => void): string => messageOf(() => synth(services));
const typed = <T>(objects: readonly KubeObject[], kind: string, name: string): T =>
  objectOf(objects, kind, name) as unknown as T;
const podOf = (objects: readonly KubeObject[], name: string) =>
  typed<Deployment>(objects, 'Deployment', name).spec?.template;

describe('files', () => {
  const withFiles = (text: string) =>
    synth((env) => {
      new Service(env, 'web', {
        ...web,
        files: { '/etc/web/a.yaml': text, '/etc/web/key.pem': secretRef('web', 'key') },
      });
    });

  test('text comes from a ConfigMap, a secret from its Secret, each at its path', () => {
    const objects = withFiles('colour: blue\n');
    expect(objectOf(objects, 'ConfigMap', 'web').data).toEqual({ 'etc.web.a.yaml': 'colour: blue\n' });
    expect(podOf(objects, 'web')?.spec?.containers[0]?.volumeMounts).toEqual(
      expect.arrayContaining([
        { name: 'files', mountPath: '/etc/web/a.yaml', subPath: 'etc.web.a.yaml', readOnly: true },
        { name: 'secret-web', mountPath: '/etc/web/key.pem', subPath: 'key', readOnly: true },
      ]),
    );
  });

  test('changed text starts the pods anew, the same text does not', () => {
    const annotations = (text: string) => podOf(withFiles(text), 'web')?.metadata?.annotations;
    expect(annotations('a')).toEqual(annotations('a'));
    expect(annotations('a')).not.toEqual(annotations('b'));
  });

  test('the stack is told about secrets in files, variables, init containers and sidecars', () => {
    const secret = (key: string) => secretRef('web', key);
    const { stacks } = synthesize(
      smallApplication({
        services: (env) => {
          new Service(env, 'web', {
            ...web,
            env: { A: secret('a') },
            files: { '/b': secret('b') },
            init: { step: { image, env: { C: secret('c') } } },
            sidecars: { proxy: { image, files: { '/d': secret('d') } } },
          });
        },
      }),
    );
    expect(stacks[1]?.secrets).toEqual([
      { name: 'web', namespace: 'staging', keys: ['a', 'b', 'c', 'd'], generate: false },
    ]);
  });

  test('problems name the path', () => {
    const message = problems((env) => {
      new Service(env, 'web', {
        ...web,
        files: { 'etc/a': 'x', '/etc/b/c': '1', '/etc/b.c': '2', '/n': 5 as never },
        volumes: { '/big': { scratch: 'big', sizeMiB: 4096 }, '/../x': { scratch: 'tmp' } },
      });
    });
    expect(message).toContain('files: "etc/a" is no absolute path');
    expect(message).toContain('"/etc/b/c" and "/etc/b.c" would be one key');
    expect(message).toContain('files./n: a number was given');
    expect(message).toContain(
      'volumes./big: 4096 MiB are more than the 192 that resources.ephemeralStorageMiB leaves for it',
    );
    expect(message).toContain('volumes: "/../x" is no absolute path');
    expect(message).toContain('"tmp" is the name of another volume of the pod');
  });
});

describe('what would stand in one place', () => {
  const data = { data: { path: '/data', sizeGiB: 1 } };
  const stateful = { image, ports: { pg: 5432 }, storage: data };

  test.each<[string, (env: Environment) => void, string]>([
    [
      'a file and a folder',
      (env) => new Service(env, 'x', { ...web, volumes: { '/a': { scratch: 'a' } }, files: { '/a': '' } }),
      '/a: two things would stand there',
    ],
    [
      'storage and a folder',
      (env) => new StatefulService(env, 'x', { ...stateful, volumes: { '/data': { scratch: 'a' } } }),
      '/data: two things would stand there',
    ],
    [
      'two of storage',
      (env) =>
        new StatefulService(env, 'x', {
          ...stateful,
          storage: { ...data, b: { path: '/data', sizeGiB: 1 } },
        }),
      '/data: two things would stand there',
    ],
    [
      'storage by the name of the scratch folder',
      (env) => new StatefulService(env, 'x', { ...stateful, storage: { tmp: data.data } }),
      'storage: "tmp" is the name of a volume that every pod has',
    ],
    [
      'storage and a folder of one name',
      (env) => new StatefulService(env, 'x', { ...stateful, volumes: { '/b': { scratch: 'data' } } }),
      'volumes: "data" is the name of another volume of the pod',
    ],
    [
      'a scratch folder and a claim',
      (env) => new Service(env, 'x', { ...web, volumes: { '/a': { scratch: 'a' }, '/b': { claim: 'a' } } }),
      'volumes: "a" names a scratch folder and a claim',
    ],
    [
      'one folder of two sizes',
      (env) =>
        new Service(env, 'x', {
          ...web,
          volumes: { '/a': { scratch: 'a', sizeMiB: 10 } },
          sidecars: { y: { image, volumes: { '/a': { scratch: 'a', sizeMiB: 20 } } } },
        }),
      'volumes: "a" is one folder, of 10 and of 20 MiB',
    ],
    [
      'two objects of one kind and name',
      (env) => {
        new StatefulService(env, 'db', stateful);
        new Service(env, 'db-pods', web);
      },
      'staging/Service/db-pods: is described twice',
    ],
  ])('%s is said', (_name, services, message) => {
    expect(problems(services)).toContain(message);
  });

  test('a folder of one size counts, whoever states it', () => {
    const objects = synth((env) => {
      new Service(env, 'web', {
        ...web,
        volumes: { '/a': { scratch: 'a', sizeMiB: 100 } },
        sidecars: { y: { image, volumes: { '/a': { scratch: 'a' } } } },
      });
    });
    expect(podOf(objects, 'web')?.spec?.volumes).toContainEqual({
      name: 'a',
      emptyDir: { sizeLimit: '100Mi' },
    });
  });

  test('a folder of its own at /tmp takes the place of ours', () => {
    const objects = synth((env) => {
      new Service(env, 'web', { ...web, volumes: { '/tmp': { scratch: 'big', sizeMiB: 200 } } });
    });
    const spec = podOf(objects, 'web')?.spec;
    expect(spec?.volumes).toEqual([{ name: 'big', emptyDir: { sizeLimit: '200Mi' } }]);
    expect(spec?.containers[0]?.volumeMounts).toEqual([{ name: 'big', mountPath: '/tmp' }]);
  });

  test('a file of any allowed path is a key that a ConfigMap takes', () => {
    const objects = synth((env) => void new Service(env, 'web', { ...web, files: { '/etc/unit@.cfg': '' } }));
    expect(objectOf(objects, 'ConfigMap', 'web').data).toEqual({ 'etc.unit..cfg': '' });
    expect(problems((env) => void new Service(env, 'web', { ...web, files: { '/..x': '' } }))).toContain(
      '"/..x" is no absolute path',
    );
  });
});

test('names that Kubernetes would make too long with what it adds are refused', () => {
  const name = `n${'0'.repeat(52)}`;
  const message = problems((env) => {
    new StatefulService(env, name, { image, ports: { a: 1 }, storage: { a: { path: '/a', sizeGiB: 1 } } });
    new ScheduledJob(env, `${name}1`, { image, schedule: '@daily' });
    new Redis(env, `${name}2`);
    new Service(env, 'web', { ...web, files: { '/a': secretRef(`s${'0'.repeat(56)}`, 'key') } });
  });
  expect(message.match(/use at most 52/g)).toHaveLength(3);
  expect(message).toContain("files./a: the Secret's name is longer than 56");
  expect(() => synth((env) => void new Service(env, name, web))).not.toThrow();
});

test('a service that starts slowly gets the time for it', () => {
  const deadline = (startSeconds: number) =>
    typed<Deployment>(
      synth((env) => void new Service(env, 'web', { ...web, startSeconds })),
      'Deployment',
      'web',
    ).spec?.progressDeadlineSeconds;
  expect(deadline(60)).toBe(300);
  expect(deadline(600)).toBeGreaterThan(600);
});

test('what a service answers on has to be said', () => {
  expect(problems((env) => void new Service(env, 'web', { image } as ServiceProps))).toContain(
    'ports: none was given',
  );
});

test('init containers end before, sidecars run beside; both are restricted and share volumes', () => {
  const objects = synth((env) => {
    new Redis(env, 'cache');
    new Service(env, 'web', {
      ...web,
      uses: ['cache'],
      volumes: { '/data': { scratch: 'work' } },
      init: { step: { image, args: ['prepare'], volumes: { '/work': { scratch: 'work' } } } },
      sidecars: { proxy: { image } },
    });
  });
  const spec = podOf(objects, 'web')?.spec;
  expect(spec?.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
    ['proxy', 'Always'],
    ['step', undefined],
  ]);
  for (const container of spec?.initContainers ?? []) {
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true });
    expect(container.env).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'CACHE_HOST' })]));
  }
  expect(spec?.volumes?.filter(({ name }) => name === 'work')).toHaveLength(1);
});

test('an autoscaler owns the number of pods: the Deployment states none', () => {
  const objects = synth((env) => void new Service(env, 'web', { ...web, autoscale: { max: 5 } }));
  expect(objectOf(objects, 'Deployment', 'web').spec).not.toHaveProperty('replicas');
  expect(objectOf(objects, 'HorizontalPodAutoscaler', 'web').spec).toMatchObject({
    minReplicas: 2,
    maxReplicas: 5,
    scaleTargetRef: { kind: 'Deployment', name: 'web' },
  });
  expect(
    problems((env) => void new Service(env, 'web', { ...web, replicas: 2, autoscale: { max: 1 } })),
  ).toMatch(/replicas: the autoscaler owns their number.*autoscale.max: 1 is below autoscale.min, 2/s);
});

test('a service that ends sooner than the ingress learns it is refused, as Kubernetes would', () => {
  expect(problems((env) => void new Service(env, 'web', { ...web, stopSeconds: 10 }))).toContain(
    'stopSeconds: 10 was given; more than 10 are needed',
  );
});

test('metrics are announced to Prometheus and let in from it alone', () => {
  const objects = synth((env) => void new Worker(env, 'mailer', { image, metrics: { port: 9100 } }));
  expect(podOf(objects, 'mailer')?.metadata?.annotations).toEqual({
    'prometheus.io/scrape': 'true',
    'prometheus.io/port': '9100',
    'prometheus.io/path': '/metrics',
  });
  expect(objectOf(objects, 'NetworkPolicy', 'mailer').spec).toMatchObject({
    ingress: [
      {
        from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }],
        ports: [{ port: 9100 }],
      },
    ],
  });
});

test('a worker runs once and may forbid an overlap', () => {
  const objects = synth((env) => {
    new Worker(env, 'mailer', { image });
    new Worker(env, 'planner', { image, overlap: false, replicas: 0 });
  });
  expect(objectOf(objects, 'Deployment', 'mailer').spec).toMatchObject({
    replicas: 1,
    strategy: { type: 'RollingUpdate' },
  });
  expect(objectOf(objects, 'Deployment', 'planner').spec).toMatchObject({
    replicas: 0,
    strategy: { type: 'Recreate' },
  });
  expect(objects.map(({ kind }) => kind)).not.toContain('Service');
});

test('nothing can use a worker, and the message says so', () => {
  expect(
    problems((env) => {
      new Worker(env, 'mailer', { image });
      new Service(env, 'web', { ...web, uses: ['mailer'] });
    }),
  ).toContain('"mailer" of this environment answers nothing that could be used');
});

test('a scheduled job never runs twice at a time and never for ever', () => {
  const objects = synth((env) => {
    new ScheduledJob(env, 'report', { image, schedule: '0 3 * * *' });
  });
  expect(typed<CronJob>(objects, 'CronJob', 'report').spec).toMatchObject({
    schedule: '0 3 * * *',
    timeZone: 'Etc/UTC',
    concurrencyPolicy: 'Forbid',
    jobTemplate: { spec: { backoffLimit: 3, activeDeadlineSeconds: 600 } },
  });
  const message = problems((env) => {
    new ScheduledJob(env, 'report', { image, schedule: '0 25 * * *', timeZone: 'berlin', retries: -1 });
  });
  expect(message).toContain('schedule: "0 25 * * *": "25" is no hour');
  expect(message).toContain('timeZone: "berlin" is no time zone');
  expect(message).toContain('retries: -1 was given');
});

test('schedules: whatever is built from valid fields is valid, whatever leaves a range is not', () => {
  const field = (from: number, to: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: from, max: to }).map(String),
      fc
        .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
      fc.integer({ min: 1, max: 59 }).map((step) => `*/${step}`),
    );
  const ranges = [
    [0, 59],
    [0, 23],
    [1, 31],
    [1, 12],
    [0, 6],
  ] as const;
  fc.assert(
    fc.property(fc.tuple(...ranges.map(([from, to]) => field(from, to))), (fields) => {
      expect(scheduleProblem(fields.join(' '))).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 60, max: 99 }), (index, value) => {
      const fields = ['*', '*', '*', '*', '*'];
      fields[index] = `${value}`;
      expect(scheduleProblem(fields.join(' '))).toContain(`"${value}"`);
    }),
  );
  for (const wrong of [
    '',
    '* * * *',
    '*  * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    '1-2-3 * * * *',
    'a * * * *',
    5,
  ])
    expect(scheduleProblem(wrong)).toBeDefined();
});

test('a job runs to its end before what comes after it', () => {
  const objects = synth((env) => {
    const migrate = new Job(env, 'migrate', { image, retries: 0 });
    new Service(env, 'web', { ...web, after: [migrate] });
  });
  expect(typed<KubeJob>(objects, 'Job', 'migrate').spec).toMatchObject({
    backoffLimit: 0,
    template: { spec: { restartPolicy: 'Never' } },
  });
  expect(objectOf(objects, 'Deployment', 'web').metadata.annotations).toEqual({
    'keelson.dev/after': 'Job/migrate',
  });
});

test('what comes after a job says so, whatever it is', () => {
  const objects = synth((env) => {
    const migrate = new Job(env, 'migrate', { image });
    const after = [migrate];
    new Worker(env, 'worker', { image, after });
    new ScheduledJob(env, 'report', { image, schedule: '@daily', after });
    new Job(env, 'seed', { image, after });
    new StatefulService(env, 'db', {
      image,
      ports: { a: 1 },
      storage: { a: { path: '/a', sizeGiB: 1 } },
      after,
    });
  });
  for (const [kind, name] of [
    ['Deployment', 'worker'],
    ['CronJob', 'report'],
    ['Job', 'seed'],
    ['StatefulSet', 'db'],
  ] as const)
    expect(objectOf(objects, kind, name).metadata.annotations).toEqual({
      'keelson.dev/after': 'Job/migrate',
    });
});

test('what is no job of this environment is nothing to come after', () => {
  let elsewhere: Job | undefined;
  const application = smallApplication({
    environments: { staging: { cluster: 'main' }, production: { cluster: 'main' } },
    services: (env) => {
      if (env.name === 'staging') elsewhere = new Job(env, 'migrate', { image });
      else new Service(env, 'web', { ...web, after: [elsewhere, 'migrate', undefined] as Job[] });
    },
  });
  const message = messageOf(() => synthesize(application));
  expect(message).toContain('after: "migrate" stands in another environment');
  expect(message).toContain('after: "migrate" was given; a Job is expected');
  expect(message).toContain('after: undefined was given; a Job is expected');
});

test('a stateful service has volumes and pods with names, and answers like any service', () => {
  const objects = synth((env) => {
    const database = new StatefulService(env, 'database', {
      image,
      ports: { postgres: 5432 },
      storage: { data: { path: '/var/lib/data', sizeGiB: 5, storageClass: 'fast' } },
    });
    new Service(env, 'web', { ...web, uses: [database] });
  });
  expect(typed<StatefulSet>(objects, 'StatefulSet', 'database').spec).toMatchObject({
    replicas: 1,
    serviceName: 'database-pods',
    template: {
      spec: {
        containers: [
          { volumeMounts: expect.arrayContaining([{ name: 'data', mountPath: '/var/lib/data' }]) },
        ],
      },
    },
    volumeClaimTemplates: [
      { spec: { storageClassName: 'fast', resources: { requests: { storage: '5Gi' } } } },
    ],
  });
  expect(podOf(objects, 'web')?.spec?.containers[0]?.env).toEqual(
    expect.arrayContaining([{ name: 'DATABASE_URL', value: 'tcp://database.staging.svc:5432' }]),
  );
  expect(
    problems((env) => void new StatefulService(env, 'database', { image, ports: { a: 1 }, storage: {} })),
  ).toContain('storage: none was given');
});

test('what is outside the cluster is an address or a secret URL, and a way to nothing else', () => {
  const objects = synth((env) => {
    const payments = new External(env, 'payments', { host: 'api.example.org' });
    const database = new External(env, 'database', {
      url: secretRef('database', 'url'),
      port: 25060,
      cidrs: ['10.118.0.0/20'],
    });
    new Service(env, 'web', { ...web, uses: [payments, database] });
  });
  expect(podOf(objects, 'web')?.spec?.containers[0]?.env).toEqual([
    { name: 'PAYMENTS_HOST', value: 'api.example.org' },
    { name: 'PAYMENTS_PORT', value: '443' },
    { name: 'PAYMENTS_URL', value: 'https://api.example.org:443' },
    { name: 'DATABASE_URL', valueFrom: { secretKeyRef: { name: 'database', key: 'url' } } },
  ]);
  expect(objectOf(objects, 'NetworkPolicy', 'web').spec).toMatchObject({
    egress: [
      { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }], ports: [{ port: 443 }] },
      { to: [{ ipBlock: { cidr: '10.118.0.0/20' } }], ports: [{ port: 25060 }] },
    ],
  });
  expect(
    problems((env) => void new External(env, 'x', { host: 'NO', port: 0, cidrs: ['10.0.0.0'] })),
  ).toMatch(/port: 0 is no port.*host: "NO" is no valid host.*cidrs: "10.0.0.0" is no range/s);
  expect(
    problems((env) => {
      new External(env, 'x', { host: 'db.example.com', scheme: 'post gres', cidrs: [] });
      new External(env, 'y', { host: 'db.example.com', cidrs: ['10.0.0.300/8', '2001:db8::/129'] });
    }),
  ).toMatch(
    /scheme: "post gres" begins no URL.*cidrs: is empty.*"10.0.0.300\/8" is no range.*"2001:db8::\/129" is no range/s,
  );
});

test('an empty list opens nothing, though Kubernetes would take it for everybody', () => {
  const nowhere = (name: string, ports: readonly number[]): Endpoint => ({
    name,
    variables: {},
    peer: { kind: 'addresses', cidrs: ports.length > 0 ? [] : ['10.0.0.0/8'] },
    ports,
  });
  const objects = synth((env) => {
    new Service(env, 'web', { ...web, uses: [nowhere('a', [443]), nowhere('b', [])] });
  });
  expect(objectOf(objects, 'NetworkPolicy', 'web').spec).toMatchObject({ ingress: [], egress: [] });
});

test('the escape hatch: a patch reaches the manifest, one that fits nowhere is an error', () => {
  const patched = (path: string) =>
    synth((env) => {
      const service = new Service(env, 'web', web);
      service.deployment.addJsonPatch(JsonPatch.replace(path, 7));
    });
  expect(objectOf(patched('/spec/revisionHistoryLimit'), 'Deployment', 'web').spec).toMatchObject({
    revisionHistoryLimit: 7,
  });
  expect(() => patched('/spec/no/such/field')).toThrow(/staging\/web\/deployment/);
});

test('the image pull secret of an environment reaches the pods of the team, and the stack asks for its value', () => {
  const synthesis = synthesize(
    smallApplication({
      environments: { staging: { cluster: 'main', imagePullSecret: 'pull' } },
      services: (env) => void new Service(env, 'web', web),
    }),
  );
  expect(podOf(objectsOf(synthesis, 'staging'), 'web')?.spec?.imagePullSecrets).toEqual([{ name: 'pull' }]);
  expect(synthesis.stacks[1]?.secrets).toEqual([
    { name: 'pull', namespace: 'staging', keys: ['.dockerconfigjson'], generate: false },
  ]);
});

test('several hosts, paths and ports; each port is open to the ingress only where a route leads to it', () => {
  const objects = synth((env) => {
    new Service(env, 'web', {
      image,
      ports: { http: 8080, 'http-admin': 9000, metrics: 9100 },
      host: ['www', { host: 'www', path: '/admin', port: 'http-admin' }],
    });
  });
  expect(objectOf(objects, 'Ingress', 'web').spec).toMatchObject({
    rules: [
      {
        host: 'www.staging.small.example.com',
        http: {
          paths: [
            { path: '/', backend: { service: { port: { number: 8080 } } } },
            { path: '/admin', backend: { service: { port: { number: 9000 } } } },
          ],
        },
      },
    ],
  });
  expect(objectOf(objects, 'NetworkPolicy', 'web').spec).toMatchObject({
    ingress: [{ ports: [{ port: 8080 }, { port: 9000 }] }],
  });
  expect(
    problems((env) => void new Service(env, 'web', { ...web, host: { host: 'www', port: 'htp' } })),
  ).toContain('there is no "htp"; did you mean "http"?');
});

test("a workload works in a stranger's chart", () => {
  const chart = new Chart(new App(), 'theirs');
  new Worker(chart, 'mailer', { image });
  expect((chart.toJson() as KubeObject[]).map(({ kind }) => kind)).toEqual([
    'ServiceAccount',
    'NetworkPolicy',
    'Deployment',
  ]);
});
