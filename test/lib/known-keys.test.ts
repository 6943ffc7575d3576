import {
  Access,
  BlockStorage,
  Certificate,
  CertificateIssuers,
  type Environment,
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
  secretRef,
  synthesize,
  TlsOption,
  TraefikConfiguration,
  Worker,
} from '../../lib/index.js';
import { messageOf, smallApplication } from '../support/application.js';

const image = 'example.com/any:1.0.0';
const ports = { http: 8080 };
const storage = { data: { path: '/data', sizeGiB: 1 } };
const url = secretRef('redis', 'url');

/** As it runs when nothing has checked its types: props may hold whatever a person typed. */
// biome-ignore lint/suspicious/noExplicitAny: see above
type Untyped = new (env: Environment, id: string, props: any) => unknown;

const problemsOf = (construct: Untyped, props: object): string =>
  messageOf(() => synthesize(smallApplication({ services: (env) => void new construct(env, 'one', props) })));

test.each<[string, Untyped, object, string, string]>([
  ['a Service', Service, { image, ports, hosts: 'www' }, 'hosts', 'host'],
  ['a StatefulService', StatefulService, { image, ports, storage, replica: 2 }, 'replica', 'replicas'],
  ['a Worker', Worker, { image, use: [] }, 'use', 'uses'],
  ['a Job', Job, { image, retrys: 1 }, 'retrys', 'retries'],
  ['a ScheduledJob', ScheduledJob, { image, schedule: '@daily', timezone: 'UTC' }, 'timezone', 'timeZone'],
  ['a Redis', Redis, { storageGB: 5 }, 'storageGB', 'storageGiB'],
  ['a Redis Cluster', Redis, { topology: 'cluster', shard: 3 }, 'shard', 'shards'],
  ['a Redis elsewhere', Redis, { topology: 'external', url, ports: 1 }, 'ports', 'port'],
  ['a host elsewhere', External, { host: 'example.com', cidr: [] }, 'cidr', 'cidrs'],
  ['a URL elsewhere', External, { url, nam: 'x' }, 'nam', 'name'],
  ['a Certificate', Certificate, { hosts: ['example.com'], isuer: 'x' }, 'isuer', 'issuer'],
  [
    'an IngressRoute',
    IngressRoute,
    { routes: [{ host: 'www', service: { name: 'web', port: 1 } }], tlsSecret: 'tls', tlsOptions: {} },
    'tlsOptions',
    'tlsOption',
  ],
  [
    'an Ingress',
    Ingress,
    { routes: ['www'], service: { name: 'web', ports }, isuer: 'self-signed' },
    'isuer',
    'issuer',
  ],
  ['a Middleware', Middleware, { rateLimt: { average: 1 } }, 'rateLimt', 'rateLimit'],
  ['a limit', Middleware, { rateLimit: { average: 1, brust: 2 } }, 'rateLimit.brust', 'burst'],
  ['a TlsOption', TlsOption, { minVersoin: 'VersionTLS13' }, 'minVersoin', 'minVersion'],
  ['a Registry', Registry, { storageGB: 5 }, 'storageGB', 'storageGiB'],
  ['its collection', Registry, { garbageCollection: { shedule: '' } }, 'shedule', 'schedule'],
  ['Monitoring', Monitoring, { retentionDay: 5 }, 'retentionDay', 'retentionDays'],
  ['an image', Monitoring, { images: { promtheus: image } }, 'images.promtheus', 'prometheus'],
  ['an alert', Monitoring, { alerts: [{ name: 'A', minute: 5 }] }, 'alerts.A.minute', 'minutes'],
  ['BlockStorage', BlockStorage, { tokn: url }, 'tokn', 'token'],
  ['its image', BlockStorage, { images: { csiAtacher: image } }, 'images.csiAtacher', 'csiAttacher'],
  ['TraefikConfiguration', TraefikConfiguration, { accesLog: false }, 'accesLog', 'accessLog'],
  ['CertificateIssuers', CertificateIssuers, { contact: 'a@b.c', server: {} }, 'server', 'servers'],
  [
    'an issuer',
    CertificateIssuers,
    { contact: 'a@b.c', servers: { 'letsencrypt-stagin': { directory: 'https://a' } } },
    'servers.letsencrypt-stagin',
    'letsencrypt-staging',
  ],
  ['an EnvironmentNamespace', EnvironmentNamespace, { qota: {} }, 'qota', 'quota'],
  ['a PlatformNamespace', PlatformNamespace, { quota: { memry: 1 } }, 'quota.memry', 'memory'],
  ['Access', Access, { namespaces: { a: { peple: {} } } }, 'namespaces.a.peple', 'people'],
  ['resources', Service, { image, ports, resources: { memoryMib: 9 } }, 'resources.memoryMib', 'memoryMiB'],
  ['metrics', Service, { image, ports, metrics: { port: 1, pth: '/' } }, 'metrics.pth', 'path'],
  ['autoscale', Service, { image, ports, autoscale: { max: 3, mim: 1 } }, 'autoscale.mim', 'min'],
  ['a route', Service, { image, ports, host: { host: 'www', pth: '/x' } }, 'pth', 'path'],
  [
    'a volume',
    Worker,
    { image, volumes: { '/x': { scratch: 'x', sizeMb: 1 } } },
    'volumes./x.sizeMb',
    'sizeMiB',
  ],
  ['a sidecar', Worker, { image, sidecars: { log: { image, arg: [] } } }, 'sidecars.log.arg', 'args'],
  [
    'storage',
    StatefulService,
    { image, ports, storage: { data: { path: '/data', sizeGiB: 1, storagClass: 'x' } } },
    'storage.data.storagClass',
    'storageClass',
  ],
])('a misspelt prop of %s is a problem with the right one beside it', (_, construct, props, given, meant) => {
  expect(problemsOf(construct, props)).toContain(`${given}: unknown key; did you mean "${meant}"?`);
});

test('a misspelt prop that has to be there is told beside what is missing', () => {
  const message = problemsOf(Service, { image, port: ports });
  expect(message).toContain('port: unknown key; did you mean "ports"?');
  expect(message).toContain('ports: none was given');
  expect(problemsOf(StatefulService, { image, ports, storages: storage })).toContain(
    'did you mean "storage"?',
  );
});

test('of an unknown topology only that is told', () => {
  expect(problemsOf(Redis, { topology: 'clustr', shards: 3 })).toMatch(
    /has 1 problem:\n.*did you mean "cluster"/,
  );
});
