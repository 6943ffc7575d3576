import { defineApplication, Redis, type RedisProps, Service, Worker } from 'keelson';
import images from './images.lock.json';

/** What differs between the environments of streams. */
interface Settings {
  readonly events: RedisProps;
  /** How many share the work. */
  readonly consumers: number;
}

const small: Settings = { events: { topology: 'single' }, consumers: 1 };
const large: Settings = { events: { topology: 'cluster' }, consumers: 3 };

export default defineApplication<Settings>({
  name: 'streams',
  domain: 'streams.example.com',
  contact: 'ops@streams.example.com',
  images,
  clusters: { local: {}, main: {} },
  environments: {
    development: {
      cluster: 'local',
      domain: 'streams.localhost',
      issuer: 'self-signed',
      settings: small,
    },
    staging: { cluster: 'main', settings: { ...large, consumers: 2 } },
    production: {
      cluster: 'main',
      domain: 'streams.example.com',
      issuer: 'letsencrypt-production',
      settings: large,
    },
  },

  services(env) {
    const events = new Redis(env, 'events', env.settings.events);
    new Worker(env, 'producer', { image: env.image('producer'), uses: [events], overlap: false });
    new Worker(env, 'consumer', {
      image: env.image('consumer'),
      uses: [events],
      replicas: env.settings.consumers,
      // Time to finish and acknowledge what it has read.
      stopSeconds: 60,
    });
    new Service(env, 'web', {
      image: env.image('web'),
      ports: { http: 8080 },
      host: 'www',
      health: '/healthz',
      uses: [events],
    });
  },
});
