import { comparableObject, liveObject } from '../../lib/diff/live-object.js';
import { objectChange } from '../../lib/diff/object-change.js';
import type { KubeObject } from '../../lib/kube/object.js';

type Sets = readonly (readonly [manager: string, fieldsV1: object, subresource?: string])[];

/** An object as a server has it. */
const live = (object: object, sets: Sets): KubeObject =>
  ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    ...object,
    metadata: {
      name: 'cache',
      namespace: 'staging',
      uid: '1',
      annotations: { 'keelson.dev/stack': 'shop/staging', 'pulumi.com/skipAwait': 'true', team: 'web' },
      managedFields: sets.map(([manager, fieldsV1, subresource]) => ({ manager, fieldsV1, subresource })),
    },
  }) as KubeObject;

const CODE: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'cache', namespace: 'staging', annotations: { team: 'web' } },
  spec: {
    replicas: 1,
    template: {
      spec: {
        containers: [
          {
            name: 'redis',
            image: 'redis:8',
            ports: [{ containerPort: 6379 }],
            securityContext: { capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
    volumeClaimTemplates: [
      { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '1024Mi' } } } },
    ],
  },
};
const OWNED = {
  'f:metadata': {
    'f:annotations': { 'f:keelson.dev/stack': {}, 'f:pulumi.com/skipAwait': {}, 'f:team': {} },
  },
  'f:spec': {
    'f:replicas': {},
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"redis"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:ports': { 'k:{"containerPort":6379,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
            'f:securityContext': { 'f:capabilities': { 'f:drop': {} } },
          },
        },
      },
    },
    'f:volumeClaimTemplates': {},
  },
};
const SPEC = {
  replicas: 1,
  podManagementPolicy: 'OrderedReady',
  template: {
    spec: {
      dnsPolicy: 'ClusterFirst',
      containers: [
        { name: 'sidecar', image: 'injected:1' },
        {
          name: 'redis',
          image: 'redis:8',
          imagePullPolicy: 'IfNotPresent',
          ports: [{ containerPort: 6379, protocol: 'TCP' }],
          securityContext: { capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  },
  volumeClaimTemplates: [
    {
      metadata: { name: 'data' },
      spec: { resources: { requests: { storage: '1Gi' } }, volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    },
  ],
};
const KEELSON: Sets[number] = ['keelson', OWNED];
const change = (spec: object, sets: Sets = [KEELSON]) =>
  objectChange({ before: liveObject(live({ spec }, sets), 'keelson', CODE), after: comparableObject(CODE) });

test('what the server and others added is no change, and replaces nothing', () => {
  expect(change(SPEC)).toBeUndefined();
});

test.each<readonly [what: string, spec: object, path: string, before: unknown]>([
  ['what somebody scaled', { ...SPEC, replicas: 3 }, 'spec.replicas', 3],
  [
    'a claim of another size',
    {
      ...SPEC,
      volumeClaimTemplates: [
        { metadata: { name: 'data' }, spec: { resources: { requests: { storage: '2Gi' } } } },
      ],
    },
    'spec.volumeClaimTemplates',
    undefined,
  ],
])('%s is one', (_what, spec, path, before) => {
  const found = change(spec);
  const [field] = found?.fields ?? [];
  expect(field?.path.join('.')).toContain(path);
  if (before !== undefined) expect(field?.before).toEqual(before);
  expect(found?.action).toBe(path.includes('Claim') ? 'replace' : 'update');
});

test('a field that the code has no more, and one that somebody else took', () => {
  const { 'f:replicas': _, ...without } = OWNED['f:spec'];
  expect(
    change({ ...SPEC, replicas: 3 }, [
      ['keelson', { ...OWNED, 'f:spec': without }],
      ['kubectl-edit', { 'f:spec': { 'f:replicas': {} } }],
    ])?.fields,
  ).toEqual([{ path: ['spec', 'replicas'], before: 3, after: 1 }]);
  expect(
    change({ ...SPEC, minReadySeconds: 5 }, [
      ['keelson', { ...OWNED, 'f:spec': { ...OWNED['f:spec'], 'f:minReadySeconds': {} } }],
    ])?.fields,
  ).toEqual([{ path: ['spec', 'minReadySeconds'], before: 5, after: undefined }]);
});

test('an image that somebody set: the one that runs, though Keelson owns it no more', () => {
  const spec = structuredClone(SPEC);
  for (const container of spec.template.spec.containers) container.image = 'redis:9';
  const owned = structuredClone(OWNED);
  const redis: Record<string, object> =
    owned['f:spec']['f:template']['f:spec']['f:containers']['k:{"name":"redis"}'];
  delete redis['f:image'];
  expect(change(spec, [['keelson', owned]])?.fields).toEqual([
    {
      path: ['spec', 'template', 'spec', 'containers', '[redis]', 'image'],
      before: 'redis:9',
      after: 'redis:8',
    },
  ]);
});

test.each<readonly [kind: string, written: object, said: object]>([
  ['Namespace', { metadata: { labels: { 'kubernetes.io/metadata.name': 'cache' } } }, {}],
  [
    'CustomResourceDefinition',
    { spec: { group: 'a', conversion: { strategy: 'None' } } },
    { spec: { group: 'a' } },
  ],
  [
    'Deployment',
    { spec: { template: { spec: { serviceAccountName: 'a', serviceAccount: 'a' } } } },
    { spec: { template: { spec: { serviceAccountName: 'a' } } } },
  ],
  [
    'ValidatingWebhookConfiguration',
    { webhooks: [{ name: 'a', matchPolicy: 'Equivalent', rules: [{ scope: '*' }], timeoutSeconds: 10 }] },
    { webhooks: [{ name: 'a', rules: [{}] }] },
  ],
])('what the server says of a new %s is no change', (kind, written, said) => {
  const named = (object: { metadata?: object }) =>
    ({ apiVersion: 'v1', kind, ...object, metadata: { name: 'cache', ...object.metadata } }) as KubeObject;
  const [before, after] = [named(written), named(said)].map(comparableObject);
  expect(objectChange({ before, after })).toBeUndefined();
});

test('another value than the server’s own is a change', () => {
  const policy = (matchPolicy?: string): KubeObject => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'a' },
    spec: { matchConstraints: { ...(matchPolicy && { matchPolicy }) } },
  });
  const [before, after] = [policy('Equivalent'), policy('Exact')].map(comparableObject);
  expect(objectChange({ before, after })?.fields).toHaveLength(1);
});

test('an object that others wrote is none of ours, and a status is nobody’s', () => {
  expect(liveObject(live({ spec: SPEC }, [['kubectl', OWNED]]), 'keelson', CODE)).toBeUndefined();
  expect(liveObject(live({ spec: SPEC }, [['keelson', OWNED, 'status']]), 'keelson', CODE)).toBeUndefined();
});
