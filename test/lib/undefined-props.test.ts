import { App, Chart } from 'cdk8s';
import {
  BlockStorage,
  Certificate,
  CertificateIssuers,
  EnvironmentNamespace,
  External,
  Ingress,
  IngressRoute,
  Job,
  Middleware,
  Monitoring,
  PlatformNamespace,
  Redis,
  Registry,
  ScheduledJob,
  Service,
  StatefulService,
  TlsOption,
  TraefikConfiguration,
  Worker,
} from '../../lib/index.js';
import { interfacesOf } from '../support/interfaces.js';

const interfaces = interfacesOf('lib');

/** Every optional setting of an interface, said to be `undefined`, as `staging ? 2 : undefined` says it. */
const unsaid = (name: string): Record<string, undefined> => {
  const optional = (interfaces.get(name) ?? []).filter((property) => property.optional);
  if (optional.length === 0) throw new Error(`${name} has no optional settings`);
  return Object.fromEntries(optional.map((property) => [property.name, undefined]));
};

const image = 'example.com/app:1.0.0';
const resources = () => ({ resources: unsaid('Resources') });
type Add = (chart: Chart, more: object) => unknown;

const CONSTRUCTS: readonly { props: string; add: Add; inside?: object }[] = [
  {
    props: 'ServiceProps',
    add: (chart, more) => new Service(chart, 'x', { image, ports: { http: 80 }, ...more }),
    inside: resources(),
  },
  {
    props: 'StatefulServiceProps',
    add: (chart, more) =>
      new StatefulService(chart, 'x', {
        image,
        ports: { http: 80 },
        storage: { data: { path: '/data', sizeGiB: 1, ...('resources' in more && unsaid('Storage')) } },
        ...more,
      }),
    inside: resources(),
  },
  {
    props: 'WorkerProps',
    add: (chart, more) => new Worker(chart, 'x', { image, ...more }),
    inside: resources(),
  },
  { props: 'JobProps', add: (chart, more) => new Job(chart, 'x', { image, ...more }), inside: resources() },
  {
    props: 'ScheduledJobProps',
    add: (chart, more) => new ScheduledJob(chart, 'x', { image, schedule: '@daily', ...more }),
    inside: resources(),
  },
  {
    props: 'RedisSingleProps',
    add: (chart, more) => new Redis(chart, 'x', { ...more }),
    inside: resources(),
  },
  {
    props: 'RedisClusterProps',
    add: (chart, more) => new Redis(chart, 'x', { topology: 'cluster', ...more }),
    inside: resources(),
  },
  {
    props: 'ExternalProps',
    add: (chart, more) => new External(chart, 'x', { host: 'x.example.com', ...more }),
  },
  {
    props: 'IngressProps',
    add: (chart, more) =>
      new Ingress(chart, 'x', {
        routes: [{ host: 'x.example.com', ...('name' in more && unsaid('Route')) }],
        service: { name: 'x', ports: { http: 80 } },
        ...more,
      }),
  },
  {
    props: 'IngressRouteProps',
    add: (chart, more) =>
      new IngressRoute(chart, 'x', {
        routes: [{ host: 'x.example.com', service: { name: 'x', port: 80 } }],
        tlsSecret: 'x',
        ...more,
      }),
  },
  {
    props: 'CertificateProps',
    add: (chart, more) => new Certificate(chart, 'x', { hosts: ['x.example.com'], ...more }),
  },
  {
    props: 'CertificateIssuersProps',
    add: (chart, more) => new CertificateIssuers(chart, 'x', { contact: 'ops@example.com', ...more }),
    inside: {
      servers: { 'letsencrypt-staging': undefined },
      accountSecrets: { 'letsencrypt-staging': undefined },
    },
  },
  { props: 'MiddlewareProps', add: (chart, more) => new Middleware(chart, 'x', { ...more, compress: {} }) },
  { props: 'TlsOptionProps', add: (chart, more) => new TlsOption(chart, 'x', { ...more }) },
  {
    props: 'TraefikConfigurationProps',
    add: (chart, more) => new TraefikConfiguration(chart, 'x', { ...more }),
    inside: resources(),
  },
  {
    props: 'RegistryProps',
    add: (chart, more) => new Registry(chart, 'x', { ...more }),
    inside: { ...resources(), garbageCollection: unsaid('RegistryGarbageCollectionOptions') },
  },
  {
    props: 'MonitoringProps',
    add: (chart, more) => new Monitoring(chart, 'x', { ...more }),
    inside: { ...resources(), images: { prometheus: undefined } },
  },
  {
    props: 'BlockStorageProps',
    add: (chart, more) => new BlockStorage(chart, 'x', { ...more }),
    inside: { images: { blockStorage: undefined } },
  },
  {
    props: 'EnvironmentNamespaceProps',
    add: (chart, more) => new EnvironmentNamespace(chart, 'x', { ...more }),
    inside: { quota: { cpu: undefined, memory: undefined, storage: undefined, pods: undefined } },
  },
  {
    props: 'PlatformNamespaceProps',
    add: (chart, more) => new PlatformNamespace(chart, 'x', { ...more }),
    inside: { quota: { cpu: undefined, memory: undefined, storage: undefined, pods: undefined } },
  },
];

test.each(CONSTRUCTS)(
  '$props: a setting that is undefined has its default',
  ({ props, add, inside = {} }) => {
    const built = (more: object) => {
      const chart = new Chart(new App(), 'chart', { namespace: 'monitoring' });
      add(chart, more);
      expect(chart.node.findAll().flatMap(({ node }) => node.validate())).toEqual([]);
      return chart.toJson();
    };
    const plain = built({});
    expect(built(unsaid(props))).toEqual(plain);
    expect(built(inside)).toEqual(plain);
  },
);

test('an autoscaler has its defaults, too', () => {
  const chart = new Chart(new App(), 'chart');
  new Service(chart, 'x', { image, ports: { http: 80 }, autoscale: { max: 4, ...unsaid('Autoscale') } });
  expect(chart.toJson()).toContainEqual(
    expect.objectContaining({
      kind: 'HorizontalPodAutoscaler',
      spec: expect.objectContaining({ minReplicas: 2, maxReplicas: 4 }),
    }),
  );
});
