import { App, Chart } from 'cdk8s';
import { load } from 'js-yaml';
import { images } from '../../lib/config/versions.js';
import { Monitoring } from '../../lib/constructs/monitoring.js';
import { PlatformNamespace } from '../../lib/constructs/platform-namespace.js';
import { nodeRegistry } from '../../lib/constructs/registry/address.js';
import { registriesConfiguration } from '../../lib/constructs/registry/registries-configuration.js';
import { Registry, type RegistryProps } from '../../lib/constructs/registry.js';
import { type KubeObject, secretRef } from '../../lib/index.js';
import { declaredSecrets } from '../../lib/kube/secret-ref.js';
import { objectOf } from '../support/application.js';
import { generatedCustomResourceDefinitions } from '../support/generated.js';
import { policyProblems } from '../support/policy.js';
import { schemaProblems } from '../support/schema.js';

const users = secretRef('registry-users', 'htpasswd');
const host = 'registry.example.com';

function registryChart(props: RegistryProps = {}) {
  const chart = new Chart(new App(), 'registry', { namespace: 'registry' });
  new PlatformNamespace(chart, 'namespace', { name: 'registry' });
  return { chart, registry: new Registry(chart, 'registry', props) };
}

const objectsOf = (props?: RegistryProps): KubeObject[] =>
  registryChart(props).chart.toJson() as KubeObject[];

const problemsOf = (props: RegistryProps): string[] =>
  registryChart(props)
    .chart.node.findAll()
    .flatMap(({ node }) => node.validate());

const everything: Required<RegistryProps> = {
  host,
  issuer: 'letsencrypt-production',
  users,
  clusterIP: '10.43.0.51',
  storageGiB: 20,
  storageClass: 'do-block-storage',
  garbageCollection: { schedule: '0 4 * * *', deleteUntagged: true },
  clients: [{ kind: 'pods', name: 'buildkitd', namespace: 'registry' }],
  nodeCidrs: ['10.42.1.0/32'],
  metrics: true,
  image: images.registry,
  resources: { memoryMiB: 128 },
};

test.each([
  ['nothing but defaults', {}],
  ['a host', { host, users }],
  ['every prop', { ...everything, metrics: false, clients: [] }],
])('with %s every object is as its schema says and keeps the policy', (_, props: RegistryProps) => {
  const objects = objectsOf(props);
  expect(objects.flatMap((object) => schemaProblems(object, generatedCustomResourceDefinitions))).toEqual([]);
  expect(policyProblems(objects)).toEqual([]);
});

test('beside monitoring it is scraped on its port for metrics, and keeps the policy', () => {
  const { chart } = registryChart({ metrics: true });
  const other = new Chart(chart.node.root as App, 'monitoring', { namespace: 'monitoring' });
  new PlatformNamespace(other, 'namespace', { name: 'monitoring' });
  new Monitoring(other, 'monitoring');
  const objects = [...chart.toJson(), ...other.toJson()] as KubeObject[];
  expect(policyProblems(objects)).toEqual([]);
  const policy = objects.find(
    ({ kind, metadata }) =>
      kind === 'NetworkPolicy' && metadata.name === 'registry' && metadata.namespace === 'registry',
  );
  expect(policy?.spec).toMatchObject({
    ingress: [
      {
        from: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
            podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
          },
        ],
        ports: [{ port: 5001 }],
      },
    ],
  });
  expect(
    objectOf(
      objects.filter(({ metadata }) => metadata.namespace === 'registry'),
      'StatefulSet',
      'registry',
    ),
  ).toMatchObject({
    spec: { template: { metadata: { annotations: { 'prometheus.io/port': '5001' } } } },
  });
});

test('every prop reaches an object', () => {
  const objects = objectsOf(everything);
  const one = (kind: string, name = 'registry') => objectOf(objects, kind, name);
  expect(one('Service')).toMatchObject({ spec: { type: 'ClusterIP', clusterIP: '10.43.0.51' } });
  expect(one('PersistentVolumeClaim')).toMatchObject({
    spec: { storageClassName: 'do-block-storage', resources: { requests: { storage: '20Gi' } } },
  });
  expect(one('Certificate')).toMatchObject({
    spec: { dnsNames: [host], issuerRef: { name: 'letsencrypt-production' } },
  });
  expect(one('Ingress')).toMatchObject({ spec: { rules: [{ host }] } });
  expect(one('CronJob', 'registry-garbage-collection')).toMatchObject({
    spec: { schedule: '0 4 * * *', concurrencyPolicy: 'Forbid' },
  });
  expect(JSON.stringify(one('CronJob', 'registry-garbage-collection'))).toContain('"--delete-untagged"');
  expect(one('StatefulSet')).toMatchObject({
    spec: { template: { spec: { containers: [{ resources: { requests: { memory: '128Mi' } } }] } } },
  });
  expect(JSON.stringify(one('NetworkPolicy'))).toContain('"cidr":"10.42.1.0/32"');
  expect(JSON.stringify(one('NetworkPolicy'))).toContain('buildkitd');
});

test('the registry never needs a registry of its own', () => {
  const images = objectsOf({ host, users })
    .flatMap((object) => JSON.stringify(object).match(/"image":"[^"]+","imagePullPolicy":"\w+"/g) ?? [])
    .map((text) => JSON.parse(`{${text}}`) as { image: string; imagePullPolicy: string });
  expect(images).toHaveLength(2);
  for (const { image, imagePullPolicy } of images) {
    expect(imagePullPolicy).toBe('IfNotPresent');
    expect(image.startsWith('docker.io/')).toBe(true);
  }
});

test('one volume, one server, and the collection on its node', () => {
  const objects = objectsOf();
  expect(objectOf(objects, 'StatefulSet', 'registry').spec).toMatchObject({ replicas: 1 });
  const job = objectOf(objects, 'CronJob', 'registry-garbage-collection');
  expect(job.spec).toMatchObject({
    jobTemplate: {
      spec: {
        backoffLimit: 0,
        template: {
          spec: {
            affinity: {
              podAffinity: {
                requiredDuringSchedulingIgnoredDuringExecution: [
                  {
                    topologyKey: 'kubernetes.io/hostname',
                    labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'registry' } },
                  },
                ],
              },
            },
            volumes: expect.arrayContaining([
              { name: 'storage', persistentVolumeClaim: { claimName: 'registry' } },
            ]),
          },
        },
      },
    },
  });
});

test('both settings are the same registry, and one of them only reads', () => {
  const { data } = objectOf(objectsOf({ host, users }), 'ConfigMap', 'registry') as unknown as {
    data: Record<string, string>;
  };
  const [writing, reading] = ['config.yml', 'read-only.yml'].map(
    (name) => load(data[name] ?? '') as { storage: { maintenance: object } },
  );
  expect(writing).toMatchObject({
    storage: { delete: { enabled: true }, maintenance: { readonly: { enabled: false } } },
    auth: { htpasswd: {} },
  });
  expect(reading).toMatchObject({ storage: { maintenance: { readonly: { enabled: true } } } });
  const others = (one: typeof writing) => ({ ...one, storage: { ...one?.storage, maintenance: undefined } });
  expect(others(reading)).toEqual(others(writing));
});

test('a changed setting starts the pod anew', () => {
  const annotation = (props: RegistryProps) =>
    JSON.stringify(objectOf(objectsOf(props), 'StatefulSet', 'registry')).match(
      /"keelson.dev\/configuration":"([0-9a-f]+)"/,
    )?.[1];
  expect(annotation({})).toMatch(/^[0-9a-f]{16}$/);
  expect(annotation({})).toBe(annotation({ storageGiB: 11 }));
  expect(annotation({})).not.toBe(annotation({ users }));
});

test('users are named, never written, and the stack is asked for them', () => {
  const { chart } = registryChart({ users });
  expect(declaredSecrets(chart, () => true)).toEqual([{ ...users, namespace: 'registry' }]);
  expect(objectOf(chart.toJson() as KubeObject[], 'StatefulSet', 'registry')).toMatchObject({
    spec: {
      template: {
        spec: {
          volumes: expect.arrayContaining([
            {
              name: 'users',
              secret: {
                secretName: 'registry-users',
                defaultMode: 0o440,
                items: [{ key: 'htpasswd', path: 'htpasswd' }],
              },
            },
          ]),
        },
      },
    },
  });
});

test('what is wrong is said, all at once', () => {
  expect(problemsOf({ host })).toEqual([
    expect.stringContaining('users: none were given, so everybody on the internet could push'),
  ]);
  const wrong = problemsOf({
    host: 'Registry',
    users: 'ada:secret' as unknown as RegistryProps['users'] & object,
    clusterIP: '10.43.0',
    storageGiB: 0,
    nodeCidrs: ['10.42.1.0'],
    image: 'registry.example.com/registry',
    garbageCollection: { schedule: 'weekly' },
  }).join('\n');
  for (const expected of [
    'host: "Registry" is no valid host name',
    'users: a value was given where a secret reference belongs',
    'clusterIP: "10.43.0" is no IPv4 address',
    'storageGiB: 0 was given',
    'nodeCidrs: "10.42.1.0" is no range of addresses',
    'has neither tag nor digest',
    'garbageCollection.schedule: "weekly"',
  ])
    expect(wrong).toContain(expected);
  expect(wrong).not.toContain('ada:secret');
  expect(problemsOf({ image: 'registry.internal/registry:3' })).toEqual([
    expect.stringContaining('comes from this very registry'),
  ]);
  expect(problemsOf(everything)).toEqual([]);
});

describe('registries.yaml', () => {
  test('leads nodes to the address of the Service, with a host and without', () => {
    expect(registriesConfiguration([nodeRegistry()])).toEqual({
      mirrors: { 'registry.internal': { endpoint: ['http://10.43.0.50:5000'] } },
      configs: {},
    });
    const { registry } = registryChart(everything);
    expect(registriesConfiguration([registry.address])).toEqual({
      mirrors: { [host]: { endpoint: ['http://10.43.0.51:5000'] } },
      configs: {},
    });
  });

  test('names an authority for a registry elsewhere, and what nodes share', () => {
    const elsewhere = [
      { name: 'images.example.com', caFile: '/etc/ssl/images.pem' },
      { name: 'docker.io', endpoint: 'https://cache.example.com:5000', caFile: '/etc/ssl/cache.pem' },
    ];
    expect(registriesConfiguration(elsewhere, { shared: ['docker.io', 'quay.io'] })).toEqual({
      mirrors: { 'docker.io': { endpoint: ['https://cache.example.com:5000'] }, 'quay.io': {} },
      configs: {
        'images.example.com': { tls: { ca_file: '/etc/ssl/images.pem' } },
        'cache.example.com:5000': { tls: { ca_file: '/etc/ssl/cache.pem' } },
      },
    });
  });
});
