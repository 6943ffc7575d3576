import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { load, loadAll } from 'js-yaml';
import { type KubeObject, Service, synthesize, writeManifests } from '../../lib/index.js';
import { toYaml } from '../../lib/yaml.js';
import { messageOf, objectsOf, smallApplication } from '../support/application.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

test('stacks: clusters own what is cluster-scoped and the namespaces, environments what lies inside', () => {
  const synthesis = synthesize(
    smallApplication({
      clusters: { main: {}, spare: {} },
      environments: {
        staging: { cluster: 'main' },
        production: { cluster: 'main' },
        lab: { cluster: 'spare' },
      },
    }),
  );
  expect(synthesis.stacks.map(({ name, kind, cluster }) => [name, kind, cluster])).toEqual([
    ['main-cluster', 'cluster', 'main'],
    ['spare-cluster', 'cluster', 'spare'],
    ['staging', 'environment', 'main'],
    ['production', 'environment', 'main'],
    ['lab', 'environment', 'spare'],
  ]);
  expect(
    objectsOf(synthesis, 'main-cluster')
      .filter(({ kind }) => kind === 'Namespace')
      .map(({ metadata }) => metadata.name),
  ).toEqual(expect.arrayContaining(['cert-manager', 'staging', 'production']));
  for (const { metadata, kind } of objectsOf(synthesis, 'staging'))
    expect([kind, metadata.namespace]).toEqual([kind, 'staging']);
});

test('a selection keeps the neighbours in the cluster stack: it must not remove them', () => {
  const application = smallApplication({
    clusters: { main: {}, spare: {} },
    environments: {
      staging: { cluster: 'main' },
      production: { cluster: 'main' },
      lab: { cluster: 'spare' },
    },
  });
  const all = synthesize(application);
  const one = synthesize(application, { environments: ['production'] });
  expect(one.stacks.map(({ name }) => name)).toEqual(['main-cluster', 'production']);
  expect(objectsOf(one, 'main-cluster')).toEqual(objectsOf(all, 'main-cluster'));
});

test('the same input gives the same bytes', () => {
  const text = () =>
    synthesize(smallApplication()).stacks.map(({ manifests }) =>
      manifests.map(({ objects }) => toYaml(objects)),
    );
  expect(text()).toEqual(text());
});

test('one host in two environments of one cluster is a problem, on two clusters it is not', () => {
  const services = (env: never) =>
    void new Service(env, 'web', {
      image: 'example.com/web:1',
      ports: { http: 80 },
      host: 'www.example.com',
    });
  const application = (cluster: string) =>
    smallApplication({
      clusters: { main: {}, spare: {} },
      environments: { one: { cluster: 'main' }, two: { cluster } },
      services: services as never,
    });
  expect(messageOf(() => synthesize(application('main')))).toContain(
    'two/web: host: www.example.com/ belongs to one/web already',
  );
  expect(synthesize(application('spare')).stacks).toHaveLength(4);
});

test('what is written reads back as the same objects, in a folder that changes as a whole', () => {
  const out = join(folder(), 'manifests');
  const synthesis = synthesize(smallApplication());
  const { files } = writeManifests(synthesis, out);
  expect(files).toContain('staging/small.k8s.yaml');
  expect(loadAll(readFileSync(join(out, 'staging/small.k8s.yaml'), 'utf8'))).toEqual(
    objectsOf(synthesis, 'staging'),
  );
  writeManifests({ ...synthesis, stacks: synthesis.stacks.slice(0, 1) }, out);
  expect(existsSync(join(out, 'staging'))).toBe(false);
  expect(readdirSync(join(out, '..'))).toEqual(['manifests']);
});

test('a folder that holds something else is left alone', () => {
  const out = folder();
  writeFileSync(join(out, 'thesis.txt'), 'years of work');
  expect(messageOf(() => writeManifests(synthesize(smallApplication()), out))).toContain(
    'holds files that Keelson did not write',
  );
  expect(readdirSync(out)).toEqual(['thesis.txt']);
});

test('a failure in the middle leaves the old folder', () => {
  const out = join(folder(), 'manifests');
  const synthesis = synthesize(smallApplication());
  writeManifests(synthesis, out);
  const before = readFileSync(join(out, 'staging/small.k8s.yaml'), 'utf8');
  const broken = {
    name: 'broken',
    objects: [
      {
        get kind(): string {
          throw new Error('disk full');
        },
      } as unknown as KubeObject,
    ],
  };
  const stacks = synthesis.stacks.map((stack) => ({ ...stack, manifests: [...stack.manifests, broken] }));
  expect(messageOf(() => writeManifests({ ...synthesis, stacks }, out))).toContain('disk full');
  expect(readFileSync(join(out, 'staging/small.k8s.yaml'), 'utf8')).toBe(before);
  expect(readdirSync(join(out, '..'))).toEqual(['manifests']);
});

test('YAML keeps every string what it was', () => {
  const tricky = [
    '0o777',
    '1_000',
    'yes',
    'off',
    '~',
    '0x1F',
    '12:30:45',
    '1e3',
    '.inf',
    '- a',
    '# b',
    'a: b',
    'x\ny\n',
    ' lead',
    '=',
    '<<',
  ];
  const object = (value: string): KubeObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x' },
    data: { value },
  });
  for (const value of tricky) expect(load(toYaml([object(value)]))).toEqual(object(value));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      expect(load(toYaml([object(value)]))).toEqual(object(value));
    }),
  );
});

test('the cluster is asked for the DNS token where its issuers prove hosts by DNS, in the namespace that reads it', () => {
  const { stacks } = synthesize(smallApplication({ clusters: { main: { dnsZones: ['example.org'] } } }));
  expect(stacks[0]?.secrets).toEqual([
    { name: 'digitalocean-dns', namespace: 'cert-manager', keys: ['token'], generate: false },
  ]);
  expect(synthesize(smallApplication()).stacks[0]?.secrets).toEqual([]);
});
