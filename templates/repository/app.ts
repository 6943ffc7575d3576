import { defineApplication, Redis, Service } from 'keelson';
import images from './images.lock.json';

export default defineApplication({
  name: 'starter',
  domain: 'starter.example.com',
  contact: 'ops@starter.example.com',
  images,
  clusters: { local: {}, main: {} },
  environments: {
    local: { cluster: 'local', domain: 'starter.localhost', issuer: 'self-signed' },
    staging: { cluster: 'main' },
    production: { cluster: 'main', domain: 'starter.example.com', issuer: 'letsencrypt-production' },
  },

  services(env) {
    const cache = new Redis(env, 'cache');
    new Service(env, 'web', {
      image: env.image('web'),
      ports: { http: 8080 },
      host: 'www',
      health: '/healthz',
      uses: [cache],
    });
  },
});
