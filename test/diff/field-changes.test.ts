import fc from 'fast-check';
import { type FieldChange, fieldChanges } from '../../lib/diff/field-changes.js';
import { fieldLines, formatPath } from '../../lib/diff/field-lines.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { changes, container, object, workload } from './objects.js';

const fieldsOf = (before: KubeObject, after: KubeObject): readonly FieldChange[] =>
  changes([before], [after]).flatMap(({ fields }) => fields);
const lines = (before: KubeObject, after: KubeObject): string[] =>
  fieldsOf(before, after)
    .flatMap(fieldLines)
    .map(({ sign, text }) => `${sign} ${text}`);

const web = (main: object, pod: object = {}) => workload('Deployment', 'web', { main, pod });
const service = (spec: object) => object('Service', 'web', { spec });
const MAIN = 'spec.template.spec.containers[web]';

describe('list items are matched by their merge keys', () => {
  const env = [
    { name: 'A', value: '1' },
    { name: 'B', value: '2' },
    { name: 'C', value: '3' },
  ];

  test('a variable inserted at the head is one change', () => {
    const after = [{ name: 'NEW', value: 'x' }, ...env];
    expect(lines(web({ env }), web({ env: after }))).toEqual([
      `+ ${MAIN}.env[NEW]: {"name":"NEW","value":"x"}`,
    ]);
  });

  test('a changed variable is its value', () =>
    expect(lines(web({ env }), web({ env: env.with(1, { name: 'B', value: '9' }) }))).toEqual([
      `~ ${MAIN}.env[B].value: 2 → 9`,
    ]));

  test('the order of variables means nothing, unless one refers to another', () => {
    expect(lines(web({ env }), web({ env: env.toReversed() }))).toEqual([]);
    const referring = [...env, { name: 'D', value: '$(A)/x' }];
    expect(lines(web({ env: referring }), web({ env: referring.toReversed() }))).toEqual([
      `~ ${MAIN}.env[order]: ["A","B","C","D"] → ["D","C","B","A"]`,
    ]);
  });

  test('steps of the initialization run in their order', () => {
    const initContainers = [container('one'), container('two')];
    expect(
      lines(web({}, { initContainers }), web({}, { initContainers: initContainers.toReversed() })),
    ).toEqual(['~ spec.template.spec.initContainers[order]: ["one","two"] → ["two","one"]']);
    expect(
      lines(web({}, { initContainers }), web({}, { initContainers: [container('zero'), ...initContainers] })),
    ).toHaveLength(1);
  });

  test('two keys tell ports apart, a default one included', () => {
    const ports = [{ containerPort: 53 }, { containerPort: 53, protocol: 'UDP' }];
    expect(
      lines(web({ ports }), web({ ports: [{ containerPort: 53, protocol: 'TCP', name: 'dns' }, ports[1]] })),
    ).toEqual([`+ ${MAIN}.ports[53/TCP].name: dns`]);
  });

  test('with the same key twice they are compared as they stand', () =>
    expect(lines(web({ env: [env[0], env[0]] }), web({ env: [env[0]] }))).toEqual([
      `- ${MAIN}.env[A]: {"name":"A","value":"1"}`,
    ]));
});

describe('what means the same is no change', () => {
  test.each<[string, KubeObject, KubeObject]>([
    [
      'a map in another order',
      service({ type: 'ClusterIP', clusterIP: 'None' }),
      service({ clusterIP: 'None', type: 'ClusterIP' }),
    ],
    [
      'another spelling of a quantity',
      web({ resources: { requests: { cpu: '1000m', memory: '1Gi' } } }),
      web({ resources: { requests: { cpu: 1, memory: '1024Mi' } } }),
    ],
    ['a pull policy that the tag implies', web({}), web({ imagePullPolicy: 'IfNotPresent' })],
    ['a protocol', service({ ports: [{ port: 80 }] }), service({ ports: [{ port: 80, protocol: 'TCP' }] })],
    ['a target port', service({ ports: [{ port: 80 }] }), service({ ports: [{ port: 80, targetPort: 80 }] })],
    [
      'a probe as the server completes it',
      web({ livenessProbe: { httpGet: { port: 8080 } } }),
      web({
        livenessProbe: {
          httpGet: { port: 8080, path: '/', scheme: 'HTTP' },
          periodSeconds: 10,
          failureThreshold: 3,
        },
      }),
    ],
    ['no list and an empty one', web({ args: [] }), web({})],
    ['nothing and null', web({ args: null }), web({})],
    [
      'empty annotations',
      object('ConfigMap', 'a'),
      object('ConfigMap', 'a', {}, { annotations: {}, labels: {} }),
    ],
    [
      'what the server says of a live object',
      object('ConfigMap', 'a'),
      object('ConfigMap', 'a', { status: {} }, { uid: '1' }),
    ],
    [
      'the rules of a role in another order',
      object('Role', 'a', { rules: [{ verbs: ['get', 'list'] }, { verbs: ['watch'] }] }),
      object('Role', 'a', { rules: [{ verbs: ['watch'] }, { verbs: ['list', 'get'] }] }),
    ],
  ])('%s', (_what, before, after) => {
    expect(lines(before, after)).toEqual([]);
    expect(lines(after, before)).toEqual([]);
  });

  test.each<[string, KubeObject, KubeObject]>([
    [
      'another amount',
      web({ resources: { requests: { cpu: '1' } } }),
      web({ resources: { requests: { cpu: '1001m' } } }),
    ],
    ['what only looks like a quantity', web({ args: ['1Gi'] }), web({ args: ['1024Mi'] })],
    ['the order of arguments', web({ args: ['a', 'b'] }), web({ args: ['b', 'a'] })],
    ['a pull policy that the tag does not imply', web({}), web({ imagePullPolicy: 'Always' })],
    [
      'a target port elsewhere',
      service({ ports: [{ port: 80 }] }),
      service({ ports: [{ port: 80, targetPort: 8080 }] }),
    ],
    [
      'null in a custom resource',
      object('Certificate', 'a', { spec: { x: null } }),
      object('Certificate', 'a', { spec: {} }),
    ],
    ['the version of the API', object('ConfigMap', 'a'), { ...object('ConfigMap', 'a'), apiVersion: 'v2' }],
  ])('but %s is one', (_what, before, after) => {
    expect(lines(before, after)).not.toEqual([]);
    expect(lines(after, before)).not.toEqual([]);
  });

  test('a default that becomes something else is shown as what it was', () => {
    const { replicas: _, ...spec } = workload('Deployment', 'web').spec as Record<string, unknown>;
    expect(
      lines(
        object('Deployment', 'web', { spec }),
        object('Deployment', 'web', { spec: { ...spec, replicas: 3 } }),
      ),
    ).toEqual(['~ spec.replicas: 1 → 3']);
  });
});

test('lists without keys: an argument inserted at the head is one change', () =>
  expect(lines(web({ args: ['b', 'c'] }), web({ args: ['a', 'b', 'c'] }))).toEqual([`+ ${MAIN}.args[0]: a`]));

test('a text of several lines is told line by line', () => {
  const file = (text: string) => object('ConfigMap', 'a', { data: { 'a.conf': text } });
  expect(lines(file('one\ntwo\nthree\n'), file('one\n2\nthree\n'))).toEqual([
    '~ data["a.conf"]:',
    '-   two',
    '+   2',
  ]);
});

test('paths quote what is no plain name', () =>
  expect(formatPath(['metadata', 'annotations', 'example.com/owner'])).toBe(
    'metadata.annotations["example.com/owner"]',
  ));

describe('laws', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 3 });
  const quantity = fc.constantFrom('1', '1000m', '1Gi', '1024Mi', '2', 500);
  const item = (fields: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(fields, { requiredKeys: ['name'] });
  const unique = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.uniqueArray(arbitrary, { selector: (value) => (value as { name?: unknown }).name, maxLength: 4 });
  const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
  const main = fc.record(
    {
      env: unique(item({ name: names, value: text })),
      args: fc.array(text, { maxLength: 4 }),
      resources: fc.record({ requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity) }),
      volumeMounts: fc.uniqueArray(fc.record({ mountPath: names, name: names }), {
        selector: (value) => value.mountPath,
      }),
    },
    { requiredKeys: [] },
  );
  const deployment = main.map((fields) => web(fields));
  const shape = { type: 'apps.v1.Deployment' };

  test('nothing differs from itself', () => {
    fc.assert(fc.property(deployment, (one) => expect(fieldsOf(one, structuredClone(one))).toEqual([])));
  });

  test('whether something differs does not depend on the direction', () => {
    fc.assert(
      fc.property(deployment, deployment, (one, other) => {
        const there = fieldsOf(one, other).map(({ path }) => formatPath(path));
        const back = fieldsOf(other, one).map(({ path }) => formatPath(path));
        expect(there.length > 0).toBe(back.length > 0);
      }),
    );
  });

  test('what equals the same thing is equal', () => {
    fc.assert(
      fc.property(deployment, deployment, deployment, (one, two, three) => {
        const same = (before: unknown, after: unknown) => fieldChanges(before, after, shape).length === 0;
        if (same(one, two) && same(two, three)) expect(same(one, three)).toBe(true);
        if (same(one, two)) expect(same(one, three)).toBe(same(two, three));
      }),
    );
  });

  test('lists with merge keys and maps may be permuted', () => {
    const shuffled = (fields: Record<string, unknown>, random: number): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(fields)
          .map(([name, value]): [string, unknown] => [
            name,
            Array.isArray(value) && name !== 'args'
              ? [...value.slice(random), ...value.slice(0, random)]
              : value,
          ])
          .reverse(),
      );
    fc.assert(
      fc.property(main, fc.nat(4), (fields, random) =>
        expect(fieldsOf(web(fields), web(shuffled(fields as Record<string, unknown>, random)))).toEqual([]),
      ),
    );
  });
});
