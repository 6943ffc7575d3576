import { External, Job, Redis, ScheduledJob, Service, StatefulService, Worker } from '../../lib/index.js';
import { smallApplication } from './application.js';

/** What all of them run. */
export const image = 'example.com/any:1.0.0';

/** Every kind of workload and of use: inside, across environments, both ways, to outside. */
export const everyKind = smallApplication({
  environments: {
    staging: { cluster: 'main' },
    production: { cluster: 'main' },
    elsewhere: { cluster: 'other' },
  },
  clusters: { main: {}, other: {} },
  services(env) {
    new Redis(env, 'cache');
    new StatefulService(env, 'store', {
      image,
      ports: { postgres: 5432 },
      storage: { data: { path: '/data', sizeGiB: 1 } },
      metrics: { port: 9187 },
      replicas: 2,
    });
    new External(env, 'payments', { host: 'api.payments.example.com' });
    new External(env, 'database', { host: 'db.example.com', port: 25060, cidrs: ['10.118.0.0/20'] });
    new Service(env, 'api', {
      image,
      ports: { grpc: 50051, admin: 9000 },
      uses: ['web', 'store', 'payments'],
    });
    new Service(env, 'web', {
      image,
      ports: { http: 8080, metrics: 9100 },
      host: ['www', { host: 'admin', port: 'metrics' }],
      metrics: { port: 9100 },
      uses: ['api', 'cache'],
    });
    new Worker(env, 'mail', {
      image,
      uses: ['store', 'database', ...(env.name === 'production' ? ['staging/api'] : [])],
    });
    new ScheduledJob(env, 'report', { image, schedule: '0 3 * * *', uses: ['store'] });
    new Job(env, 'migrate', { image, uses: ['store'] });
  },
});
