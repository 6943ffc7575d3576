import { images } from '../../lib/config/versions.js';
import {
  defineApplication,
  External,
  Job,
  Middleware,
  Redis,
  ScheduledJob,
  Service,
  StatefulService,
  secretRef,
  securityHeaders,
  TlsOption,
  Worker,
} from '../../lib/index.js';

const image = 'registry.example.com/everything/app:1.0.0';

/** An application that uses every construct with every prop: what schema, policy and engines are tried on. */
export const everything = defineApplication({
  name: 'everything',
  domain: 'everything.example.com',
  contact: 'ops@example.com',
  clusters: {
    main: {
      dnsZones: ['example.org'],
      trustedProxies: ['10.0.0.0/8'],
      registry: { host: 'registry.example.com', users: 'registry-users' },
      monitoring: { notify: 'alerts' },
    },
  },
  environments: {
    staging: {
      cluster: 'main',
      imagePullSecret: 'registry-pull',
      quota: { cpu: 3, memory: 4096, storage: 60 },
    },
  },
  services(env) {
    const cache = new Redis(env, 'cache', { password: secretRef('cache', 'password', { generate: true }) });
    const sessions = new Redis(env, 'sessions', {
      topology: 'cluster',
      shards: 4,
      replicasPerShard: 2,
      minReplicasToWrite: 1,
      password: secretRef('sessions', 'password', { generate: true }),
      image: images.valkey,
      storageGiB: 2,
      eviction: 'volatile-lru',
      metrics: true,
      resources: { memoryMiB: 96 },
    });
    const payments = new External(env, 'payments', { host: 'api.payments.example.com' });
    const warehouse = new External(env, 'warehouse', {
      url: secretRef('warehouse', 'url'),
      port: 25060,
      cidrs: ['10.118.0.0/20'],
    });
    const database = new StatefulService(env, 'database', {
      image,
      ports: { postgres: 5432 },
      storage: { data: { path: '/var/lib/postgresql', sizeGiB: 10, storageClass: 'local-path' } },
      env: { POSTGRES_PASSWORD: secretRef('database', 'password', { generate: true }) },
      dump: { dump: ['pg_dumpall'], restore: ['psql', '--file=-'] },
      stopSeconds: 60,
    });
    const limit = new Middleware(env, 'limit', { rateLimit: { average: 10, burst: 50 } });
    const headers = new Middleware(env, 'headers', { headers: securityHeaders() });
    new TlsOption(env, 'modern', { minVersion: 'VersionTLS13' });
    const migrate = new Job(env, 'migrate', {
      image,
      args: ['migrate'],
      uses: [database],
      retries: 1,
      timeoutSeconds: 300,
    });
    const api = new Service(env, 'api', {
      image,
      ports: { 'grpc-api': 50051, 'http-admin': 9000 },
      health: 'everything.v1.Api',
      host: [
        { host: 'api' },
        { host: '*.tenants.example.org', port: 'http-admin' },
        { host: 'admin', path: '/admin', port: 'http-admin' },
      ],
      uses: [database, cache, payments],
      autoscale: { min: 2, max: 5, cpuPercent: 60 },
      metrics: { port: 9000, path: '/admin/metrics' },
      after: [migrate],
      startSeconds: 120,
    });
    new Service(env, 'web', {
      image,
      command: ['/bin/web'],
      args: ['--serve'],
      ports: { http: 8080 },
      host: ['@', { host: 'www', middlewares: [limit, headers] }],
      uses: [api, sessions, 'web'],
      replicas: 3,
      health: '/healthz',
      env: { GREETING: 'hello', COOKIE_KEY: secretRef('web', 'cookie-key', { generate: true }) },
      files: {
        '/etc/web/config.yaml': 'colour: blue\n',
        '/etc/web/license.pem': secretRef('web', 'license'),
      },
      volumes: { '/var/cache/web': { scratch: 'cache', sizeMiB: 100 }, '/srv/media': { claim: 'media' } },
      init: { warm: { image, args: ['warm'], volumes: { '/cache': { scratch: 'cache', sizeMiB: 100 } } } },
      sidecars: { proxy: { image, args: ['proxy'], files: { '/etc/proxy.conf': 'listen 9\n' } } },
      resources: { cpuMillis: 50, memoryMiB: 96, memoryLimitMiB: 128, ephemeralStorageMiB: 300 },
    });
    new Worker(env, 'mailer', { image, uses: [cache], replicas: 2, alive: ['/bin/mailer', 'alive'] });
    new Worker(env, 'planner', { image, uses: [warehouse], overlap: false, after: [migrate] });
    new ScheduledJob(env, 'report', {
      image,
      schedule: '*/15 3-5 * * mon-fri',
      timeZone: 'Europe/Berlin',
      concurrency: 'Replace',
      uses: [database],
    });
  },
});
