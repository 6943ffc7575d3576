import { App, Chart, Testing } from 'cdk8s';
import type { Deployment } from 'kubernetes-types/apps/v1';
import {
  Environment,
  type KubeObject,
  Redis,
  Service,
  type ServiceProps,
  secretRef,
  synthesize,
} from '../../lib/index.js';
import { messageOf, objectOf, objectsOf, smallApplication } from '../support/application.js';

const web: ServiceProps = { image: 'example.com/web:1.0.0', ports: { http: 8080 } };

const synthService = (props: Partial<ServiceProps> = {}): KubeObject[] =>
  objectsOf(
    synthesize(smallApplication({ services: (env) => void new Service(env, 'web', { ...web, ...props }) })),
    'staging',
  );

const problemsOf = (props: Partial<ServiceProps>): string => messageOf(() => synthService(props));

test('a service is updated without a failed request', () => {
  expect(objectOf(synthService(), 'Deployment', 'web')).toMatchObject({
    metadata: { namespace: 'staging', labels: { 'app.kubernetes.io/part-of': 'small' } },
    spec: {
      replicas: 2,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      selector: { matchLabels: { 'app.kubernetes.io/name': 'web' } },
      template: {
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              readinessProbe: { httpGet: { path: '/', port: 8080 } },
              livenessProbe: { tcpSocket: { port: 8080 } },
              lifecycle: { preStop: { sleep: { seconds: 10 } } },
            },
          ],
        },
      },
    },
  });
  expect(objectOf(synthService(), 'PodDisruptionBudget', 'web')).toMatchObject({
    spec: { maxUnavailable: 1 },
  });
});

test('one replica has no disruption budget, which would stop every drain', () => {
  expect(synthService({ replicas: 1 }).map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
});

test('a gRPC port is probed by gRPC and spoken to by h2c', () => {
  const objects = synthService({ ports: { grpc: 50051, metrics: 9090 } });
  expect(objectOf(objects, 'Deployment', 'web')).toMatchObject({
    spec: { template: { spec: { containers: [{ readinessProbe: { grpc: { port: 50051 } } }] } } },
  });
  expect(objectOf(objects, 'Service', 'web').spec).toMatchObject({
    ports: [{ name: 'grpc', appProtocol: 'kubernetes.io/h2c' }, { name: 'metrics' }],
  });
});

test('a host gives an Ingress over TLS, a certificate named after its issuer, and the way in from traefik alone', () => {
  const objects = synthService({ host: 'www' });
  expect(objectOf(objects, 'Ingress', 'web').spec).toMatchObject({
    ingressClassName: 'traefik',
    tls: [{ hosts: ['www.staging.small.example.com'], secretName: 'web-tls-letsencrypt-staging' }],
    rules: [{ host: 'www.staging.small.example.com' }],
  });
  expect(objectOf(objects, 'Certificate', 'web').spec).toMatchObject({
    secretName: 'web-tls-letsencrypt-staging',
    issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt-staging' },
  });
  expect(objectOf(objects, 'NetworkPolicy', 'web').spec).toMatchObject({
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
          },
        ],
        ports: [{ port: 8080 }],
      },
    ],
    egress: [],
  });
});

test('`uses` brings the address as variables and opens that path on both sides', () => {
  const objects = objectsOf(
    synthesize(
      smallApplication({
        services: (env) => {
          const cache = new Redis(env, 'rate-limit');
          new Service(env, 'api', { ...web, ports: { grpc: 50051 }, uses: [cache, 'web'] });
          new Service(env, 'web', { ...web, uses: ['api'], env: { API_PORT: '1' } });
        },
      }),
    ),
    'staging',
  );
  const env = (name: string) =>
    (
      objectOf(objects, 'Deployment', name).spec as {
        template: { spec: { containers: { env: unknown[] }[] } };
      }
    ).template.spec.containers[0]?.env;
  expect(env('api')).toEqual([
    { name: 'RATE_LIMIT_HOST', value: 'rate-limit.staging.svc' },
    { name: 'RATE_LIMIT_PORT', value: '6379' },
    { name: 'RATE_LIMIT_URL', value: 'redis://rate-limit.staging.svc:6379' },
    { name: 'WEB_HOST', value: 'web.staging.svc' },
    { name: 'WEB_PORT', value: '8080' },
    { name: 'WEB_URL', value: 'http://web.staging.svc:8080' },
  ]);
  expect(env('web')).toEqual([
    { name: 'API_HOST', value: 'api.staging.svc' },
    { name: 'API_PORT', value: '1' },
    { name: 'API_URL', value: 'dns:///api.staging.svc:50051' },
  ]);
  const pods = (name: string) => [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } }];
  const policy = (name: string) => objectOf(objects, 'NetworkPolicy', name).spec;
  expect(policy('rate-limit')).toMatchObject({
    ingress: [{ from: pods('api'), ports: [{ port: 6379 }] }],
    egress: [],
  });
  expect(policy('api')).toMatchObject({
    ingress: [{ from: pods('web'), ports: [{ port: 50051 }] }],
    egress: [
      { to: pods('rate-limit'), ports: [{ port: 6379 }] },
      { to: pods('web'), ports: [{ port: 8080 }] },
    ],
  });
});

test('an external Redis is a secret URL and a way to the internet, not to private addresses', () => {
  const url = secretRef('redis-cloud', 'url');
  const synthesis = synthesize(
    smallApplication({
      services: (env) => {
        const sessions = new Redis(env, 'sessions', { topology: 'external', url, port: 16379 });
        new Service(env, 'web', { ...web, uses: [sessions] });
      },
    }),
  );
  expect(synthesis.stacks[1]?.secrets).toEqual([
    { name: 'redis-cloud', namespace: 'staging', keys: ['url'], generate: false },
  ]);
  const objects = objectsOf(synthesis, 'staging');
  expect(objectOf(objects, 'Deployment', 'web')).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            {
              env: [
                { name: 'SESSIONS_URL', valueFrom: { secretKeyRef: { name: 'redis-cloud', key: 'url' } } },
              ],
            },
          ],
        },
      },
    },
  });
  expect(objectOf(objects, 'NetworkPolicy', 'web').spec).toMatchObject({
    egress: [
      {
        to: [
          {
            ipBlock: { cidr: '0.0.0.0/0', except: expect.arrayContaining(['169.254.0.0/16', '10.0.0.0/8']) },
          },
          { ipBlock: { cidr: '::/0' } },
        ],
        ports: [{ port: 16379 }],
      },
    ],
  });
});

test('every problem of every service is reported at once, with the path of its construct', () => {
  const message = messageOf(() =>
    synthesize(
      smallApplication({
        services: (env) => {
          new Service(env, 'Web', { ...web, image: 'example.com/web', ports: { http: 99999 }, replicas: -1 });
          new Service(env, 'api', { ...web, uses: ['chache'], host: 'WWW', health: 'x' });
          new Redis(env, 'cache', { storageGiB: 0 });
        },
      }),
    ),
  );
  expect(message).toContain('Application "small" has 8 problems:');
  expect(message).toContain('staging/Web: name: "Web" is no valid name');
  expect(message).toContain('staging/Web: image: "example.com/web" has neither tag nor digest');
  expect(message).toContain('staging/Web: ports.http: 99999 is no port; use a whole number from 1 to 65535');
  expect(message).toContain('staging/Web: replicas: -1 was given');
  expect(message).toContain(
    'staging/api: uses: there is no "chache" in this environment; did you mean "cache"?',
  );
  expect(message).toContain(
    'staging/api/ingress: host: "WWW.staging.small.example.com" is no valid host name',
  );
  expect(message).toContain('staging/api: health: "x" must begin with "/"');
  expect(message).toContain('staging/cache/single: storageGiB: 0 was given');
});

test('two services cannot have one name, one host or one port twice', () => {
  expect(
    messageOf(() =>
      synthesize(
        smallApplication({
          services: (env) => {
            new Service(env, 'web', { ...web, host: 'www' });
            new Service(env, 'api', { ...web, host: 'www' });
          },
        }),
      ),
    ),
  ).toBe(
    [
      'Application "small" has 1 problem:',
      '  staging/api: host: www.staging.small.example.com/ belongs to staging/web already; choose another host or path',
    ].join('\n'),
  );
  expect(
    messageOf(() =>
      synthesize(
        smallApplication({
          services: (env) => {
            new Service(env, 'web', web);
            new Service(env, 'other', { ...web, name: 'web', ports: { http: 80, admin: 80 } });
          },
        }),
      ),
    ),
  ).toBe(
    [
      'Application "small" has 2 problems:',
      '  staging/other: name: "web" is taken by another construct of this environment; choose another',
      '  staging/other: ports: 80 is given twice',
    ].join('\n'),
  );
});

test('a secret value where a reference belongs is refused and not repeated', () => {
  const wrong: Record<string, string>[] = [
    { DATABASE_PASSWORD: 'hunter2-value' },
    { DATABASE_URL: 'postgres://app:hunter2-value@db/app' },
    { SESSIONS: 42 as never },
  ];
  for (const env of wrong) {
    const message = problemsOf({ env });
    expect(message).toMatch(/secretRef\(/);
    expect(message).not.toContain('hunter2');
  }
  const message = messageOf(() =>
    synthesize(
      smallApplication({
        services: (env) =>
          void new Redis(env, 'cache', {
            topology: 'external',
            url: 'rediss://default:hunter2-value@host' as never,
          }),
      }),
    ),
  );
  expect(message).toContain("pulumi config set --secret --path 'keelson:secrets.NAME.KEY'");
  expect(message).not.toContain('hunter2');
});

test('an image may go without a version in a personal environment only', () => {
  const application = smallApplication({
    personal: { cluster: 'main' },
    images: { web: { staging: { repository: 'example.com/web', tag: '1.0.0' } } },
    services: (env) => void new Service(env, 'web', { ...web, image: env.image('web') }),
  });
  const image = (name: string) =>
    (
      objectOf(objectsOf(synthesize(application, { user: 'ada' }), name), 'Deployment', 'web').spec as {
        template: { spec: { containers: { image: string }[] } };
      }
    ).template.spec.containers[0]?.image;
  const policy = (name: string) =>
    (
      objectOf(
        objectsOf(synthesize(application, { user: 'ada' }), name),
        'Deployment',
        'web',
      ) as unknown as Deployment
    ).spec?.template.spec?.containers[0]?.imagePullPolicy;
  expect([policy('staging'), policy('ada')]).toEqual(['IfNotPresent', 'Always']);
  expect(image('staging')).toBe('example.com/web:1.0.0');
  expect(image('ada')).toBe('example.com/web:ada');
  expect(problemsOf({ image: 'example.com/web:latest' })).toContain('names no version');
});

test('an image that the lock file does not have is an error with a suggestion', () => {
  const images = { web: { production: { repository: 'example.com/web', tag: '1.0.0' } } };
  const missing = (name: string) =>
    messageOf(() =>
      synthesize(
        smallApplication({
          images,
          services: (env) => void new Service(env, 'web', { ...web, image: env.image(name) }),
        }),
      ),
    );
  expect(missing('wbe')).toContain('there is no "wbe" in images.lock.json; did you mean "web"?');
  expect(missing('web')).toContain(
    '"web" has no image for the environment "staging" in images.lock.json; it has production',
  );
});

test("a construct works in a stranger's chart", () => {
  const chart = new Chart(new App(), 'theirs', { namespace: 'theirs' });
  new Service(chart, 'web', { ...web, host: 'www.example.com' });
  const objects = Testing.synth(chart) as KubeObject[];
  expect(objectOf(objects, 'Ingress', 'web').metadata.namespace).toBe('theirs');
  expect(objectOf(objects, 'Deployment', 'web').metadata.labels).not.toHaveProperty(
    'app.kubernetes.io/part-of',
  );
  const short = new Chart(new App(), 'short');
  new Service(short, 'web', { ...web, host: 'www' });
  expect(short.node.findAll().flatMap((construct) => construct.node.validate())).toEqual([
    'host: "www" is no complete host name and there is no environment to complete it; write "www.example.com"',
  ]);
});

test('an environment completes hosts with its domain', () => {
  const env = new Environment(new App(), 'staging', {
    application: 'small',
    domain: 'example.org',
    settings: {},
  });
  expect(new Service(env, 'web', { ...web, host: ['@', 'www', 'other.example.com'] }).hosts).toEqual([
    'example.org',
    'www.example.org',
    'other.example.com',
  ]);
});
