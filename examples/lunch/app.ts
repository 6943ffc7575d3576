import { defineApplication, Redis, type RedisProps, Service, secretRef } from 'keelson';
import images from './images.lock.json';

/** What differs between the environments of lunch. */
interface Settings {
  readonly sessions: RedisProps;
}

const inCluster: Settings = { sessions: { topology: 'single' } };
const redisCloud: Settings = {
  sessions: { topology: 'external', url: secretRef('redis-cloud', 'url'), port: 16379 },
};

export default defineApplication<Settings>({
  name: 'lunch',
  domain: 'lunch.example.com',
  contact: 'ops@lunch.example.com',
  images,
  clusters: { local: {}, main: { registry: {}, monitoring: {} } },
  environments: {
    local: { cluster: 'local', domain: 'lunch.localhost', issuer: 'self-signed', settings: inCluster },
    development: { cluster: 'main', settings: inCluster },
    staging: { cluster: 'main', settings: redisCloud },
    production: {
      cluster: 'main',
      domain: 'lunch.example.com',
      issuer: 'letsencrypt-production',
      settings: redisCloud,
    },
  },
  personal: { cluster: 'main', settings: inCluster, quota: { cpu: 0.25, memory: 512 } },

  services(env) {
    const sessions = new Redis(env, 'sessions', env.settings.sessions);
    new Service(env, 'web', {
      image: env.image('web'),
      ports: { http: 8080 },
      host: 'www',
      health: '/healthz',
      uses: [sessions],
      env: { COOKIE_KEY: secretRef('web', 'cookie-key', { generate: true }) },
    });
  },
});
