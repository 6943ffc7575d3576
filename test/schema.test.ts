import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { kubernetesVersion, modules } from '../lib/config/versions.js';
import type { KubeObject } from '../lib/kube/object.js';
import { withoutDescriptions } from '../tools/generate/json-schema.js';
import {
  generatedCertManager,
  generatedCustomResourceDefinitions,
  generatedObjects,
} from './support/generated.js';
import { goodObjects, setAt, spoilt } from './support/samples.js';
import { isNamespaced, schemaProblems } from './support/schema.js';

type Path = readonly (string | number)[];

const problems = (objects: readonly KubeObject[]): string[] =>
  objects.flatMap((object) => schemaProblems(object, generatedCustomResourceDefinitions));

/** `spec.ports[0].name`, as problems write a path. */
const written = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);

/** Every place in a value, the value itself left out. */
const places = (value: unknown, path: Path = []): { path: Path; value: unknown }[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return [{ path: here, value: inner }, ...places(inner, here)];
  });
};

const isScalar = (value: unknown): boolean => typeof value !== 'object';

/** Fields whose keys are data: any name is allowed below them. */
const FREE = /^(labels|annotations|matchLabels|nodeSelector|requests|limits|hard|selector|config)$/;

const checked = [
  ...goodObjects(),
  ...generatedCertManager.filter(({ kind }) => kind !== 'CustomResourceDefinition'),
];
const all = checked.flatMap((object) => places(object).map((place) => ({ object, ...place })));

const changed = (object: KubeObject, path: Path, value: unknown): KubeObject => {
  const copy = structuredClone(object);
  setAt(copy, path, value);
  return copy;
};

describe('objects that an API server takes', () => {
  test('the generated ones', () => expect(problems(generatedObjects)).toEqual([]));

  test('the samples', () => expect(problems(goodObjects())).toEqual([]));

  test('fields that are undefined count as absent', () => {
    expect(problems(spoilt('Service', 'web', 'spec clusterIP', undefined))).toEqual([]);
    expect(problems([{ ...goodObjects()[0], extra: undefined } as KubeObject])).toEqual([]);
  });

  test.each([1, '1', 0.5, '500m', '1e3', '2.5Gi'])('the quantity %p', (quantity) => {
    expect(problems(spoilt('ResourceQuota', 'environment', 'spec hard requests.cpu', quantity))).toEqual([]);
  });

  test('every generated definition can be checked against', () => {
    const empty = generatedCustomResourceDefinitions.map(({ spec }) => {
      const { group, names, versions } = spec as {
        group: string;
        names: { kind: string };
        versions: { name: string }[];
      };
      return { apiVersion: `${group}/${versions[0]?.name}`, kind: names.kind, metadata: { name: 'x' } };
    });
    expect(problems(empty).filter((problem) => problem.includes('unknown'))).toEqual([]);
    expect(empty.length).toBeGreaterThan(15);
  });
});

describe('objects that it refuses', () => {
  test.each([
    ['Deployment', 'web', 'spec replica', 2, 'spec.replica: unknown field; allowed are minReadySeconds, '],
    ['Deployment', 'web', 'spec replicas', '2', 'spec.replicas: is "2"; a whole number is expected'],
    ['Deployment', 'web', 'spec replicas', 1.5, 'spec.replicas: is 1.5; a whole number is expected'],
    ['Deployment', 'web', 'spec selector', undefined, 'spec: "selector" is missing'],
    ['Deployment', 'web', 'spec paused', 'no', 'spec.paused: is "no"; true or false is expected'],
    ['Deployment', 'web', 'spec template spec', null, 'spec.template.spec: is null; leave the field out'],
    [
      'Deployment',
      'web',
      'spec template spec containers 0 imagePullPolicy',
      'Sometimes',
      'spec.template.spec.containers[0].imagePullPolicy: "Sometimes" is not allowed; allowed are Always, IfNotPresent, Never',
    ],
    [
      'Deployment',
      'web',
      'spec template spec containers 0 resources limits memory',
      '256MB',
      'spec.template.spec.containers[0].resources.limits.memory: "256MB" does not match ',
    ],
    [
      'Deployment',
      'web',
      'spec template spec containers 0 livenessProbe tcpSocket port',
      true,
      'spec.template.spec.containers[0].livenessProbe.tcpSocket.port: is true; a string or a whole number is expected',
    ],
    ['NetworkPolicy', 'web', 'spec policyTypes 1', 'Exit', 'spec.policyTypes[1]: "Exit" is not allowed'],
    [
      'NetworkPolicy',
      'web',
      'spec policyTypes',
      'Egress',
      'spec.policyTypes: is "Egress"; a list is expected',
    ],
    ['Service', 'web', 'metadata label', {}, 'metadata.label: unknown field'],
    ['Service', 'web', 'metadata labels tier', 1, 'metadata.labels.tier: is 1; a string is expected'],
    ['Service', 'web', 'metadata name', undefined, 'metadata.name: is missing'],
    ['Service', 'web', 'specification', {}, 'specification: unknown field'],
    ['Certificate', 'web', 'spec secretName', undefined, 'spec: "secretName" is missing'],
    [
      'Certificate',
      'web',
      'spec privateKey algorithm',
      'DSA',
      'spec.privateKey.algorithm: "DSA" is not allowed',
    ],
    ['Certificate', 'web', 'spec dnsName', [], 'spec.dnsName: unknown field'],
    ['Certificate', 'web', 'metadata finaliser', [], 'metadata.finaliser: unknown field'],
    [
      'Middleware',
      'limit',
      'spec rateLimit average',
      -1,
      'spec.rateLimit.average: is -1; allowed is 0 to anything',
    ],
    [
      'Middleware',
      'limit',
      'spec rateLimit burst',
      1.5,
      'spec.rateLimit.burst: is 1.5; a whole number is expected',
    ],
    ['HelmChartConfig', 'traefik', 'spec values', {}, 'spec.values: unknown field'],
  ])('%s %s: %s = %p', (kind, name, path, value, problem) => {
    const found = problems(spoilt(kind, name, path, value));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${kind} `);
    expect(found[0]).toContain(`: ${problem}`);
  });

  test('kinds that nobody defines, and what to do then', () => {
    const object = { apiVersion: 'apps/v1beta1', kind: 'Deployment', metadata: { name: 'web' } };
    expect(problems([object])).toEqual([
      'Deployment web: apps/v1beta1 Deployment is unknown; give its custom resource definition, ' +
        'or add a kind of Kubernetes to KINDS in tools/generate/openapi.ts',
    ]);
    const middleware = goodObjects().filter(({ kind }) => kind === 'Middleware');
    expect(middleware.flatMap((custom) => schemaProblems(custom, []))).toHaveLength(1);
  });

  test('an object where a text, number or flag belongs, anywhere', () => {
    const scalars = all.filter(({ value, path }) => isScalar(value) && !path.includes('config'));
    fc.assert(
      fc.property(fc.constantFrom(...scalars), ({ object, path }) => {
        const found = problems([changed(object, path, { keelson: 'x' })]);
        // Without its kind or version the object is not known at all.
        const where = path.length === 1 ? '' : `${written(path)}: is an object`;
        expect(found.join('\n')).toContain(where);
        expect(found).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  test('a misspelt field, anywhere', () => {
    const fields = all.filter(
      ({ path }) => typeof path.at(-1) === 'string' && !path.some((step) => FREE.test(String(step))),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...fields),
        fc.constantFrom('x', 'X', '_'),
        ({ object, path, value }, end) => {
          const misspelt = [...path.slice(0, -1), `${path.at(-1)}${end}`];
          expect(problems([changed(object, misspelt, value)]).join('\n')).toContain(
            `${written(misspelt)}: unknown field`,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a text where a list or an object belongs, anywhere', () => {
    const containers = all.filter(
      ({ value, path }) => !isScalar(value) && path.length > 1 && !path.includes('config'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...containers), fc.string(), ({ object, path }, text) => {
        expect(problems([changed(object, path, text)]).join('\n')).toContain(`${written(path)}: is "`);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is generated', () => {
  test('says which versions it was made from, and they are the ones in versions.ts', () => {
    const readme = readFileSync(join(__dirname, '../lib/generated/README.md'), 'utf8');
    const sums = readFileSync(join(__dirname, '../tools/generate/sources.sum'), 'utf8');
    for (const version of Object.values(modules)) {
      expect(readme).toContain(version);
      expect(sums).toContain(` ${version} h1:`);
    }
    expect(existsSync(join(__dirname, `schema/kubernetes-${kubernetesVersion}.json`))).toBe(true);
  });

  test("cert-manager's images carry the chart's version", () => {
    const images = [...JSON.stringify(generatedCertManager).matchAll(/quay\.io\/jetstack\/[\w-]+:([^"]+)/g)];
    expect(images.length).toBeGreaterThanOrEqual(4);
    expect(new Set(images.map(([, tag]) => tag))).toEqual(new Set([modules.certManager]));
  });

  test('carries nothing of Helm', () => {
    expect(JSON.stringify(generatedObjects)).not.toMatch(/helm\.sh\/|"Helm"/);
  });

  test('knows which kinds live in a namespace', () => {
    const scope = (name: string) =>
      goodObjects()
        .filter(({ kind }) => kind === name)
        .map((object) => isNamespaced(object, generatedCustomResourceDefinitions))[0];
    expect(['Namespace', 'Deployment', 'ClusterIssuer', 'Certificate'].map(scope)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(isNamespaced({ apiVersion: 'v2', kind: 'Nothing', metadata: { name: 'x' } }, [])).toBeUndefined();
  });

  test('loses its prose and no field that is called description', () => {
    const schema = {
      description: 'prose',
      type: 'object',
      default: { description: 'data' },
      required: ['description'],
      properties: {
        description: { type: 'string', description: 'prose' },
        properties: { type: 'object', properties: { description: { type: 'string' } } },
        list: { type: 'array', items: { description: 'prose', type: 'string', enum: ['description'] } },
        map: {
          type: 'object',
          additionalProperties: { description: 'prose', anyOf: [{ description: 'prose' }] },
        },
      },
    };
    expect(withoutDescriptions(schema)).toEqual({
      type: 'object',
      default: { description: 'data' },
      required: ['description'],
      properties: {
        description: { type: 'string' },
        properties: { type: 'object', properties: { description: { type: 'string' } } },
        list: { type: 'array', items: { type: 'string', enum: ['description'] } },
        map: { type: 'object', additionalProperties: { anyOf: [{}] } },
      },
    });
  });
});

test('3,000 objects are checked in well under a second', () => {
  const thousand = Array.from({ length: 1000 }, goodObjects);
  const objects = thousand.flatMap((set) =>
    set.filter(
      ({ kind, metadata }) => metadata.name === 'web' && ['Deployment', 'Service', 'Ingress'].includes(kind),
    ),
  );
  expect(objects).toHaveLength(3000);
  const { user } = process.cpuUsage();
  expect(problems(objects)).toEqual([]);
  expect((process.cpuUsage().user - user) / 1000).toBeLessThan(500);
});
