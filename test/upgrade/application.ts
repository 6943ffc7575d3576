import {
  defineApplication,
  External,
  Redis,
  ScheduledJob,
  Service,
  StatefulService,
  secretRef,
  Worker,
} from '../../lib/index.js';

const image = 'registry.example.com/vessel/app:1.0.0';

/**
 * What the recorded releases brought up; it stays as it is. A Job is missing: whether one is made anew is asked of the
 * cluster, which is gone.
 */
export const vessel = defineApplication({
  name: 'vessel',
  domain: 'vessel.example.com',
  contact: 'ops@vessel.example.com',
  clusters: { main: {} },
  environments: { staging: { cluster: 'main' } },
  services(env) {
    const cache = new Redis(env, 'cache', { password: secretRef('cache', 'password', { generate: true }) });
    const sessions = new Redis(env, 'sessions', { topology: 'cluster' });
    const mail = new External(env, 'mail', { host: 'api.mail.example.com' });
    const database = new StatefulService(env, 'database', {
      image,
      ports: { postgres: 5432 },
      storage: { data: { path: '/var/lib/postgresql', sizeGiB: 1 } },
      env: { POSTGRES_PASSWORD: secretRef('database', 'password', { generate: true }) },
    });
    new Service(env, 'web', {
      image,
      ports: { http: 8080 },
      host: 'www',
      uses: [cache, sessions, database],
      files: { '/etc/web/config.yaml': 'colour: blue\n' },
    });
    new Worker(env, 'mailer', { image, uses: [mail, 'web'] });
    new ScheduledJob(env, 'report', { image, schedule: '@daily', uses: [database] });
  },
});
