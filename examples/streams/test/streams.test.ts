import { type KubeObject, synthesize } from 'keelson';
import streams from '../app.js';

const { stacks } = synthesize(streams);
const objects = (environment: string): KubeObject[] =>
  stacks
    .filter(({ name }) => name === environment)
    .flatMap(({ manifests }) => manifests.flatMap((manifest) => manifest.objects));
const specOf = (environment: string, kind: string, name: string) =>
  objects(environment).find((object) => object.kind === kind && object.metadata.name === name)?.spec;

const ENVIRONMENTS = ['development', 'staging', 'production'];

test('streams runs in three environments, of which two share a cluster', () => {
  expect(stacks.map(({ name, cluster }) => `${name} on ${cluster}`)).toEqual([
    'local-cluster on local',
    'main-cluster on main',
    'development on local',
    'staging on main',
    'production on main',
  ]);
});

test.each([
  ['development', 1, 1],
  ['staging', 2, 6],
  ['production', 3, 6],
])('%s has %i consumers and %i pods of Redis', (environment, consumers, redis) => {
  expect(specOf(environment, 'Deployment', 'consumer')).toMatchObject({ replicas: consumers });
  expect(specOf(environment, 'StatefulSet', 'events')).toMatchObject({ replicas: redis });
});

test.each(ENVIRONMENTS)(
  '%s never has two producers, and gives consumers time to acknowledge',
  (environment) => {
    expect(specOf(environment, 'Deployment', 'producer')).toMatchObject({
      replicas: 1,
      strategy: { type: 'Recreate' },
    });
    expect(specOf(environment, 'Deployment', 'consumer')).toMatchObject({
      template: { spec: { terminationGracePeriodSeconds: 60 } },
    });
  },
);

test.each([
  ['development', 'https://www.streams.localhost'],
  ['staging', 'https://www.staging.streams.example.com'],
  ['production', 'https://www.streams.example.com'],
])('of %s only the web answers outside, at %s', (environment, url) => {
  expect(stacks.find(({ name }) => name === environment)?.urls).toEqual([url]);
  expect(
    objects(environment).flatMap(({ kind, metadata }) => (kind === 'Ingress' ? [metadata.name] : [])),
  ).toEqual(['web']);
});

test.each(ENVIRONMENTS)('%s: all three find the events under the same variables', (environment) => {
  for (const name of ['producer', 'consumer', 'web'])
    expect(specOf(environment, 'Deployment', name)).toMatchObject({
      template: {
        spec: {
          containers: [
            {
              env: expect.arrayContaining([
                { name: 'EVENTS_URL', value: `redis://events.${environment}.svc:6379` },
              ]),
            },
          ],
        },
      },
    });
});

test('staging and production share a cluster and neither reaches the other', () => {
  const policies = ENVIRONMENTS.flatMap(objects).filter(({ kind }) => kind === 'NetworkPolicy');
  const namespaces = JSON.stringify(policies.map(({ spec }) => spec)).match(
    /"kubernetes.io\/metadata.name":"[^"]*"/g,
  );
  expect(new Set(namespaces)).toEqual(new Set(['"kubernetes.io/metadata.name":"kube-system"']));
});
