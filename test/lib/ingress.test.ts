import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { IngressRoute, type IngressRouteProps } from '../../lib/constructs/ingress-route.js';
import { TlsOption } from '../../lib/constructs/tls-option.js';
import { type IngressProps, type KubeObject, Ingress as PublicIngress, synthesize } from '../../lib/index.js';
import { ingressPaths, ingressUrls, sharedPaths } from '../../lib/ingress-paths.js';
import { matchRule, placesOf } from '../../lib/kube/match-rule.js';
import { messageOf, objectOf, objectsOf, smallApplication } from '../support/application.js';
import { chartObjects } from '../support/chart-objects.js';

const service = { name: 'web', ports: { http: 8080, grpc: 50051, 'http-admin': 9000 } };

const withIngress = (props: Partial<IngressProps>) =>
  synthesize(
    smallApplication({
      services: (env) => void new PublicIngress(env, 'web', { routes: ['www'], service, ...props }),
    }),
  );

const ingress = (props: Partial<IngressProps>): KubeObject[] => objectsOf(withIngress(props), 'staging');
const problemsOf = (props: Partial<IngressProps>): string => messageOf(() => withIngress(props));

test('a single host is an Ingress and its certificate, and nothing of traefik alone', () => {
  const objects = ingress({});
  expect(objects.map(({ kind }) => kind)).toEqual(['Certificate', 'Ingress']);
  expect(objectOf(objects, 'Ingress', 'web')).toMatchObject({
    metadata: { annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure' } },
    spec: {
      ingressClassName: 'traefik',
      tls: [{ hosts: ['www.staging.small.example.com'], secretName: 'web-tls-letsencrypt-staging' }],
      rules: [
        {
          host: 'www.staging.small.example.com',
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'web', port: { number: 8080 } } },
              },
            ],
          },
        },
      ],
    },
  });
});

test('several hosts, paths and ports share one certificate', () => {
  const objects = ingress({
    routes: ['@', { host: 'www', path: '/admin', port: 'http-admin' }, { host: 'www', path: '/' }],
    issuer: 'letsencrypt-production',
  });
  const domain = 'staging.small.example.com';
  expect(objectOf(objects, 'Certificate', 'web').spec).toMatchObject({
    secretName: 'web-tls-letsencrypt-production',
    dnsNames: [domain, `www.${domain}`],
  });
  const { rules } = objectOf(objects, 'Ingress', 'web').spec as {
    rules: {
      host: string;
      http: { paths: { path: string; backend: { service: { port: { number: number } } } }[] };
    }[];
  };
  expect(
    rules.map(({ host, http }) => [
      host,
      http.paths.map((one) => [one.path, one.backend.service.port.number]),
    ]),
  ).toEqual([
    [domain, [['/', 8080]]],
    [
      `www.${domain}`,
      [
        ['/admin', 9000],
        ['/', 8080],
      ],
    ],
  ]);
});

test('what an Ingress cannot say of one route becomes an IngressRoute beside it, behind the same certificate', () => {
  const objects = ingress({
    routes: [
      'www',
      { host: 'www', path: '/routeguide.RouteGuide', port: 'grpc' },
      { host: 'www', path: '/admin', port: 'http-admin', middlewares: [{ name: 'limit' }, { name: 'auth' }] },
    ],
  });
  expect(objects.map(({ kind }) => kind)).toEqual(['Certificate', 'Ingress', 'IngressRoute']);
  expect(objectOf(objects, 'IngressRoute', 'web').spec).toEqual({
    entryPoints: ['websecure'],
    routes: [
      {
        kind: 'Rule',
        match:
          'Host(`www.staging.small.example.com`) && (Path(`/routeguide.RouteGuide`) || PathPrefix(`/routeguide.RouteGuide/`))',
        services: [{ name: 'web', port: 50051, scheme: 'h2c' }],
      },
      {
        kind: 'Rule',
        match: 'Host(`www.staging.small.example.com`) && (Path(`/admin`) || PathPrefix(`/admin/`))',
        middlewares: [{ name: 'limit' }, { name: 'auth' }],
        services: [{ name: 'web', port: 9000 }],
      },
    ],
    tls: { secretName: 'web-tls-letsencrypt-staging' },
  });
  expect(objectOf(objects, 'Ingress', 'web').spec).toMatchObject({ rules: [{ http: { paths: [{}] } }] });
});

test('a service of gRPC alone needs no Ingress', () => {
  const objects = ingress({ service: { name: 'web', ports: { grpc: 50051 } } });
  expect(objects.map(({ kind }) => kind)).toEqual(['Certificate', 'IngressRoute']);
});

test('a wildcard yields to every host that is written out', () => {
  const objects = ingress({ routes: ['*', { host: '*', path: '/api' }], issuer: 'self-signed' });
  expect(objectOf(objects, 'Certificate', 'web').spec).toMatchObject({
    dnsNames: ['*.staging.small.example.com'],
  });
  const { routes } = objectOf(objects, 'IngressRoute', 'web').spec as {
    routes: { match: string; priority: number }[];
  };
  expect(routes.map(({ match }) => match)).toEqual([
    'HostRegexp(`^[a-z0-9-]+\\.staging\\.small\\.example\\.com$`) && PathPrefix(`/`)',
    'HostRegexp(`^[a-z0-9-]+\\.staging\\.small\\.example\\.com$`) && (Path(`/api`) || PathPrefix(`/api/`))',
  ]);
  const [all, api] = routes.map(({ priority }) => priority);
  expect(all).toBeLessThan(0);
  expect(api).toBeGreaterThan(all ?? 0);
});

test.each<[string, Partial<IngressProps>, string]>([
  [
    'a misspelt port',
    { routes: [{ host: 'www', port: 'htpp' }] },
    'there is no "htpp"; did you mean "http"?',
  ],
  ['a path without its slash', { routes: [{ host: 'www', path: 'api' }] }, 'path: "api" must begin with "/"'],
  ['a path that ends a rule', { routes: [{ host: 'www', path: '/`)' }] }, 'backtick'],
  ['a host twice', { routes: ['www', 'www'] }, '"www.staging.small.example.com/" is given twice'],
  ['a wildcard in the middle', { routes: ['a.*.example.com'] }, '"a.*.example.com" is no valid host name'],
  ['a misspelt issuer', { issuer: 'letsencrypt-prod' as never }, 'issuer: there is no "letsencrypt-prod"'],
])('%s is said', (_name, props, message) => expect(problemsOf(props)).toContain(message));

test('everything that is wrong is said at once', () => {
  const message = problemsOf({
    routes: [
      { host: 'A', path: 'api' },
      { host: 'www', port: 'nothing' },
    ],
  });
  expect(message).toContain('3 problems');
});

describe('IngressRoute alone, in a chart of a stranger', () => {
  const route = (props: Partial<IngressRouteProps> = {}) => {
    const chart = new Chart(new App(), 'api');
    new IngressRoute(chart, 'api', {
      routes: [{ host: 'api.example.com', service: { name: 'api', port: 443, scheme: 'https' } }],
      tlsSecret: 'api-tls',
      ...props,
    });
    return chartObjects(chart);
  };

  test('takes a host, or a rule of traefik with its priority', () => {
    const { objects, problems } = route({
      routes: [
        {
          match: 'Host(`api.example.com`) && Method(`POST`)',
          priority: 50,
          service: { name: 'api', port: 80 },
        },
      ],
      tlsOption: { name: 'partners' },
    });
    expect(problems).toEqual([]);
    expect(objects[0]?.spec).toMatchObject({
      routes: [{ match: 'Host(`api.example.com`) && Method(`POST`)', priority: 50 }],
      tls: { secretName: 'api-tls', options: { name: 'partners' } },
    });
  });

  test('says what is wrong', () => {
    const service = { name: 'api', port: 0 };
    expect(route({ routes: [] }).problems.join()).toContain('routes: none was given');
    expect(route({ routes: [{ host: 'api', service }] }).problems).toEqual([
      'host: "api" is no complete host name and there is no environment to complete it; write "api.example.com"',
      'service.port: 0 is no port; use a whole number from 1 to 65535',
    ]);
    expect(route({ routes: [{ match: '', service }] }).problems[0]).toContain('match: is empty');
  });

  test('TlsOption asks for TLS 1.2 unless told', () => {
    const chart = new Chart(new App(), 'tls');
    new TlsOption(chart, 'modern', { minVersion: 'VersionTLS13' });
    new TlsOption(chart, 'usual');
    expect(chartObjects(chart).objects.map(({ spec }) => spec)).toEqual([
      { minVersion: 'VersionTLS13' },
      { minVersion: 'VersionTLS12' },
    ]);
  });
});

describe('hosts and paths over a cluster', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
  const host = fc
    .tuple(fc.boolean(), fc.array(label, { minLength: 2, maxLength: 4 }))
    .map(([wildcard, labels]) => `${wildcard ? '*.' : ''}${labels.join('.')}`);
  const path = fc
    .array(fc.stringMatching(/^[A-Za-z0-9._-]{1,8}$/), { maxLength: 3 })
    .map((parts) => `/${parts.join('/')}`);

  test('a rule tells the host and path that it was written for', () =>
    fc.assert(
      fc.property(host, path, (aHost, aPath) =>
        expect(placesOf(matchRule(aHost, aPath).match)).toEqual([{ host: aHost, path: aPath }]),
      ),
    ));

  test.each([
    ['Host("a.example.com")', [{ host: 'a.example.com', path: '/' }]],
    ['Host(`a.example.com`) && PathPrefix(`/x`)', [{ host: 'a.example.com', path: '/x' }]],
    [
      'Host(`a.example.com`) || Host(`b.example.com`)',
      [
        { host: 'a.example.com', path: ' Host(`a.example.com`) || Host(`b.example.com`)' },
        { host: 'b.example.com', path: ' Host(`a.example.com`) || Host(`b.example.com`)' },
      ],
    ],
    [
      'Host(`a.example.com`) && Method(`GET`)',
      [{ host: 'a.example.com', path: ' Host(`a.example.com`) && Method(`GET`)' }],
    ],
    ['PathPrefix(`/x`)', [{ host: '*', path: ' PathPrefix(`/x`)' }]],
  ])('%s', (rule, places) => expect(placesOf(rule)).toEqual(places));

  const objects = ingress({
    routes: ['www', { host: 'www', path: '/rpc/', port: 'grpc' }, '*'],
    issuer: 'self-signed',
  });

  test('IngressRoutes count, and a wildcard is no address', () => {
    const domain = 'staging.small.example.com';
    expect(ingressPaths(objects)).toEqual([
      { ingress: 'web', host: `www.${domain}`, path: '/' },
      { ingress: 'web', host: `www.${domain}`, path: '/rpc' },
      { ingress: 'web', host: `*.${domain}`, path: '/' },
    ]);
    expect(ingressUrls(objects)).toEqual([`https://www.${domain}`]);
  });

  test('a place taken twice on a cluster is a problem, whichever kind took it', () => {
    const stack = (name: string, cluster: string) => ({ name, cluster, manifests: [{ objects }] });
    expect(sharedPaths([stack('a', 'main'), stack('b', 'other')])).toEqual([]);
    expect(sharedPaths([stack('a', 'main'), stack('b', 'main')]).map(({ message }) => message)).toEqual([
      expect.stringContaining('belongs to a/web already'),
      expect.stringContaining('/rpc belongs to a/web already'),
      expect.stringContaining('*.staging'),
    ]);
  });
});
