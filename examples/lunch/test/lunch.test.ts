import { type KubeObject, synthesize } from 'keelson';
import lunch from '../app.js';

const synthesis = synthesize(lunch, { user: 'ada' });
const stack = (name: string) => synthesis.stacks.find((candidate) => candidate.name === name);
const objects = (name: string): KubeObject[] =>
  stack(name)?.manifests.flatMap((manifest) => manifest.objects) ?? [];
const find = (environment: string, kind: string, name: string) =>
  objects(environment).find((object) => object.kind === kind && object.metadata.name === name);

test('lunch runs in five environments on two clusters', () => {
  expect(synthesis.stacks.map(({ name, cluster }) => `${name} on ${cluster}`)).toEqual([
    'local-cluster on local',
    'main-cluster on main',
    'local on local',
    'development on main',
    'staging on main',
    'production on main',
    'ada on main',
  ]);
});

test.each([
  ['local', 'www.lunch.localhost', 'self-signed'],
  ['development', 'www.development.lunch.example.com', 'letsencrypt-staging'],
  ['staging', 'www.staging.lunch.example.com', 'letsencrypt-staging'],
  ['production', 'www.lunch.example.com', 'letsencrypt-production'],
  ['ada', 'www.ada.lunch.example.com', 'letsencrypt-staging'],
])('%s answers at https://%s with a certificate of %s', (environment, host, issuer) => {
  expect(stack(environment)?.urls).toEqual([`https://${host}`]);
  expect(find(environment, 'Certificate', 'web')?.spec).toMatchObject({
    dnsNames: [host],
    issuerRef: { name: issuer },
    secretName: `web-tls-${issuer}`,
  });
});

test.each(['local', 'development', 'ada'])('%s keeps its sessions in a Redis of its own', (environment) => {
  expect(find(environment, 'StatefulSet', 'sessions')).toBeDefined();
  expect(stack(environment)?.secrets.map(({ name }) => name)).toEqual(['web']);
});

test.each(['staging', 'production'])(
  '%s keeps its sessions in Redis Cloud, by secret reference',
  (environment) => {
    expect(find(environment, 'StatefulSet', 'sessions')).toBeUndefined();
    expect(stack(environment)?.secrets).toEqual([
      { name: 'redis-cloud', namespace: environment, keys: ['url'], generate: false },
      { name: 'web', namespace: environment, keys: ['cookie-key'], generate: true },
    ]);
  },
);

test.each(['local', 'development', 'staging', 'production', 'ada'])(
  '%s updates web without downtime',
  (environment) => {
    expect(find(environment, 'Deployment', 'web')?.spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    });
  },
);
