import { Service, synthesize } from '../../lib/index.js';
import { messageOf, smallApplication } from '../support/application.js';

const image = 'example.com/web:1.0.0';

test('an environment that asks for more than its quota is a problem before the API server refuses it', () => {
  const application = (replicas: number, quota: { cpu?: number; memory?: number }) =>
    smallApplication({
      environments: { staging: { cluster: 'main', quota } },
      services: (env) => {
        new Service(env, 'web', {
          image,
          ports: { http: 8080 },
          replicas,
          resources: { cpuMillis: 100, memoryMiB: 128 },
        });
      },
    });
  expect(synthesize(application(4, { cpu: 0.4, memory: 512 })).stacks).toHaveLength(2);
  const message = messageOf(() => synthesize(application(5, { cpu: 0.4, memory: 512 })));
  expect(message).toContain(
    'environments.staging.quota.cpu: its pods request 0.5 cores in sum, more than 0.4 cores',
  );
  expect(message).toContain(
    'environments.staging.quota.memory: its pods request 640 MiB in sum, more than 512 MiB',
  );
});

test('a part of an environment is not measured against the whole quota, and other environments not at all', () => {
  const application = smallApplication({
    environments: {
      staging: { cluster: 'main' },
      production: { cluster: 'main', quota: { cpu: 0.01 } },
    },
  });
  expect(synthesize(application, { environments: ['staging'] }).stacks).toHaveLength(2);
  expect(messageOf(() => synthesize(application))).toContain('environments.production.quota.cpu');
});
