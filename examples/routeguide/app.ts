import { defineApplication, Redis, ScheduledJob, Service, Worker } from 'keelson';
import images from './images.lock.json';

export default defineApplication({
  name: 'routeguide',
  domain: 'routeguide.example.com',
  contact: 'ops@routeguide.example.com',
  images,
  clusters: { local: {}, main: {} },
  environments: {
    local: { cluster: 'local', domain: 'routeguide.localhost', issuer: 'self-signed' },
    staging: { cluster: 'main' },
  },

  services(env) {
    const places = new Redis(env, 'places', { topology: 'cluster' });
    const server = new Service(env, 'server', {
      image: env.image('server'),
      ports: { grpc: 50051 },
      health: 'routeguide.RouteGuide',
      uses: [places],
    });
    new Worker(env, 'client', { image: env.image('client'), uses: [server] });
    new ScheduledJob(env, 'survey', { image: env.image('survey'), schedule: '0 3 * * *', uses: [places] });
  },
});
