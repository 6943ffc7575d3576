import type { MarkKind } from '../../lib/diff/index.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { claim, labels, marks, object, workload } from './objects.js';

/** What a change from the first to the second says, and whether the way back says nothing of the kind. */
type Case = readonly [
  what: string,
  before: readonly KubeObject[],
  after: readonly KubeObject[],
  says: string | readonly string[],
];

const both = (kind: MarkKind, cases: readonly Case[]) =>
  describe(kind, () => {
    test.each(cases)('%s', (_what, before, after, says) => {
      expect(marks(kind, before, after)).toEqual(Array.isArray(says) ? says : [says]);
      expect(marks(kind, after, before)).toEqual([]);
    });
  });

const never = (
  kind: MarkKind,
  cases: readonly (readonly [string, readonly KubeObject[], readonly KubeObject[]])[],
) =>
  test.each(cases)(`no ${kind}: %s`, (_what, before, after) =>
    expect(marks(kind, before, after)).toEqual([]),
  );

const set = (spec: object = {}, name = 'db') =>
  workload('StatefulSet', name, {
    spec: { serviceName: 'db', volumeClaimTemplates: [claim('10Gi')], ...spec },
  });
const web = (change: Parameters<typeof workload>[2] = {}) => workload('Deployment', 'web', change);
const volume = (size: string) => object('PersistentVolumeClaim', 'files', { spec: claim(size).spec });

both('data loss', [
  [
    'a namespace',
    [object('Namespace', 'shop')],
    [],
    'it is deleted, with everything in it, its volume claims too',
  ],
  [
    'a volume claim',
    [volume('1Gi')],
    [],
    'it is deleted, with its volume, unless the storage class retains it',
  ],
  [
    'a definition',
    [object('CustomResourceDefinition', 'widgets.example.com')],
    [],
    'it is deleted, with every object of its kind in the cluster',
  ],
  ['a stateful set with claims', [set()], [], 'it is deleted, and leaves 2 volumes behind that nothing uses'],
  [
    'a stateful set that deletes its claims',
    [set({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } })],
    [],
    'it is deleted, with 2 volumes',
  ],
  [
    'a smaller volume',
    [volume('10Gi')],
    [volume('5Gi')],
    'the volume shrinks from 10240 MiB to 5120 MiB, which no volume does in place',
  ],
  [
    'fewer pods that take their volumes with them',
    [set({ replicas: 3, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } })],
    [set({ replicas: 1, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } })],
    'the volumes of 2 pods are deleted, as whenScaled says',
  ],
]);

test('a replaced stateful set, a shrunk template and a renamed one', () => {
  const taken =
    'it is deleted and made anew; of 2 volumes it takes over those whose claims keep their name, as they are';
  expect(marks('data loss', [set()], [set({ serviceName: 'other' })])).toEqual([taken]);
  expect(marks('data loss', [set()], [set({ volumeClaimTemplates: [claim('1Gi')] })])).toEqual([
    taken,
    'volume data shrinks from 10240 MiB to 1024 MiB, which no volume does in place',
  ]);
  expect(marks('data loss', [set()], [set({ volumeClaimTemplates: [claim('10Gi', 'other')] })])).toContain(
    'volume data is used no more',
  );
  expect(marks('data loss', [set()], [set({}, 'store')])).toEqual([
    'it is deleted under its old name, and leaves 2 volumes behind that nothing uses',
  ]);
});

never('data loss', [
  ['a stateful set without claims', [workload('StatefulSet', 'a')], []],
  ['a larger volume', [volume('1Gi')], [volume('2Gi')]],
  ['another spelling of its size', [volume('1Gi')], [volume('1024Mi')]],
  ['fewer pods whose volumes stay', [set({ replicas: 3 })], [set({ replicas: 1 })]],
]);

const ingress = (name: string, host: string, paths = ['/'], tls = true) =>
  object('Ingress', name, {
    spec: {
      rules: [{ host, http: { paths: paths.map((path) => ({ path, pathType: 'Prefix' })) } }],
      ...(tls && { tls: [{ hosts: [host] }] }),
    },
  });
const route = (...matches: readonly string[]) =>
  object('IngressRoute', 'api', { spec: { routes: matches.map((match) => ({ match, services: [] })) } });
const service = (spec: object) => object('Service', 'web', { spec });
const scaler = (minReplicas: number, maxReplicas = 9) =>
  object('HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas, maxReplicas },
  });

both('downtime', [
  ['a workload', [web()], [], 'its pods stop'],
  ['a service', [service({ ports: [{ port: 80 }] })], [], 'nothing answers to the name web any more'],
  [
    'a port',
    [service({ ports: [{ port: 80 }, { port: 81 }] })],
    [service({ ports: [{ port: 80 }] })],
    'port 81 does not answer any more',
  ],
  ['an ingress', [ingress('web', 'www.example.com')], [], 'www.example.com does not answer any more'],
  [
    'a path',
    [ingress('web', 'www.example.com', ['/', '/api'])],
    [ingress('web', 'www.example.com')],
    'www.example.com/api does not answer any more',
  ],
  [
    'a route',
    [route('Host(`a.example.com`)', 'Host(`b.example.com`)')],
    [route('Host(`b.example.com`)')],
    'a.example.com does not answer any more',
  ],
  ['no replica', [web()], [web({ spec: { replicas: 0 } })], 'no pod is left'],
  [
    'one replica',
    [web({ spec: { replicas: 3 } })],
    [web({ spec: { replicas: 1 } })],
    'one pod is left of 3: an update or a lost node is felt',
  ],
]);

test('a replaced, a recreated, a renamed and a lonely workload', () => {
  const selector = { selector: { matchLabels: { other: 'label' } } };
  const image = { image: 'registry.example.com/shop/web:2.0.0' };
  expect(marks('downtime', [web()], [web({ spec: selector })])).toEqual([
    'its pods stop before new ones start',
  ]);
  const recreate = { strategy: { type: 'Recreate' } };
  expect(marks('downtime', [web({ spec: recreate })], [web({ spec: recreate, main: image })])).toEqual([
    'all pods stop before new ones start (Recreate)',
  ]);
  expect(marks('downtime', [web()], [workload('Deployment', 'site')])).toEqual([
    'the pods of web stop, and those of site start as new ones',
  ]);
  const one = { replicas: 1 };
  expect(
    marks(
      'downtime',
      [set(one)],
      [workload('StatefulSet', 'db', { spec: { ...(set(one).spec as object), template: web().spec } })],
    ),
  ).toEqual(['its only pod restarts']);
});

never('downtime', [
  ['a rolling update', [web()], [web({ main: { image: 'registry.example.com/shop/web:2.0.0' } })]],
  [
    'another number of replicas with Recreate',
    [web({ spec: { strategy: { type: 'Recreate' } } })],
    [web({ spec: { strategy: { type: 'Recreate' }, replicas: 3 } })],
  ],
  ['two of three replicas', [web({ spec: { replicas: 3 } })], [web()]],
  [
    'an autoscaler that keeps two',
    [web({ spec: { replicas: 3 } }), scaler(2)],
    [web({ spec: { replicas: 1 } }), scaler(2)],
  ],
  [
    'a host that another ingress has now',
    [ingress('a', 'www.example.com')],
    [ingress('b', 'www.example.com')],
  ],
  ['a host that a route has now', [ingress('a', 'www.example.com')], [route('Host(`www.example.com`)')]],
]);

const policy = (spec: object, name = 'web') =>
  object('NetworkPolicy', name, {
    spec: { podSelector: { matchLabels: labels('web') }, policyTypes: ['Ingress', 'Egress'], ...spec },
  });
const pods = (name: string) => ({ podSelector: { matchLabels: labels(name) } });
const from = (...peers: readonly object[]) => policy({ ingress: [{ from: peers, ports: [{ port: 8080 }] }] });
const block = (cidr: string, ...except: readonly string[]) => ({
  ipBlock: { cidr, ...(except.length > 0 && { except }) },
});
const isolated = object('NetworkPolicy', 'default-deny', {
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
});

both('exposure', [
  ['a host', [], [ingress('web', 'www.example.com')], 'www.example.com is opened'],
  [
    'a second host',
    [route('Host(`a.example.com`)')],
    [route('Host(`a.example.com`)', 'Host(`b.example.com`)')],
    'b.example.com is opened',
  ],
  [
    'a path',
    [ingress('web', 'www.example.com')],
    [ingress('web', 'www.example.com', ['/', '/api'])],
    'www.example.com/api is opened',
  ],
  [
    'every host',
    [],
    [object('Ingress', 'a', { spec: { rules: [{ http: { paths: [{ path: '/' }] } }] } })],
    'every host is opened',
  ],
  ['a rule of its own', [], [route('ClientIP(`192.0.2.1`)')], 'what ClientIP(`192.0.2.1`) says is opened'],
  [
    'a stream',
    [],
    [object('IngressRouteTCP', 'db', { spec: { routes: [{ match: 'HostSNI(`*`)' }] } })],
    'HostSNI(`*`) is opened (IngressRouteTCP)',
  ],
  [
    'a load balancer',
    [service({})],
    [service({ type: 'LoadBalancer' })],
    'it gets addresses of its own (LoadBalancer)',
  ],
  ['a port of the nodes', [], [service({ type: 'NodePort' })], 'it gets addresses of its own (NodePort)'],
  [
    "the node's network",
    [web()],
    [web({ pod: { hostNetwork: true } })],
    "its pods are in the node's network (hostNetwork)",
  ],
  [
    'a port of the node',
    [web()],
    [web({ main: { ports: [{ containerPort: 8080, hostPort: 80 }] } })],
    'it answers at port 80 of its nodes (hostPort)',
  ],
  [
    'a middleware less',
    [
      object('IngressRoute', 'api', {
        spec: { routes: [{ match: 'Host(`a.b`)', middlewares: [{ name: 'auth' }] }] },
      }),
    ],
    [object('IngressRoute', 'api', { spec: { routes: [{ match: 'Host(`a.b`)' }] } })],
    'Middleware auth of Host(`a.b`) stands before it no more',
  ],
  [
    'TLS less',
    [ingress('web', 'www.example.com')],
    [ingress('web', 'www.example.com', ['/'], false)],
    'www.example.com is served without TLS of its own',
  ],
  [
    'one more peer',
    [web(), from(pods('a'))],
    [web(), from(pods('a'), pods('b'))],
    'web can be reached from b on port 8080',
  ],
  [
    'everyone',
    [web(), from(pods('a'))],
    [web(), policy({ ingress: [{ ports: [{ port: 8080 }] }] })],
    'web can be reached from anywhere on port 8080',
  ],
  [
    'every port',
    [web(), from(pods('a'))],
    [web(), policy({ ingress: [{ from: [pods('a')] }] })],
    'web can be reached from a',
  ],
  [
    'a wider range',
    [web(), from(block('10.1.0.0/16'))],
    [web(), from(block('10.0.0.0/8'))],
    'web can be reached from 10.0.0.0/8 on port 8080',
  ],
  [
    'a hole less',
    [web(), from(block('0.0.0.0/0', '10.0.0.0/8'))],
    [web(), from(block('0.0.0.0/0'))],
    'web can be reached from 0.0.0.0/0 on port 8080',
  ],
  [
    'egress',
    [web(), policy({})],
    [web(), policy({ egress: [{ to: [block('192.0.2.0/24')] }] })],
    'web can reach 192.0.2.0/24',
  ],
  [
    'a policy less',
    [web(), policy({})],
    [web()],
    ['web can be reached from anywhere', 'web can reach anywhere'],
  ],
  [
    'a policy more',
    [web(), isolated],
    [web(), isolated, from(pods('a'))],
    'web can be reached from a on port 8080',
  ],
]);

never('exposure', [
  ['a policy less where another one isolates', [web(), isolated, policy({})], [web(), isolated]],
  ['the first policy of pods that everyone could reach', [web()], [web(), from(pods('a'))]],
  ['new pods with what they need in the cluster', [isolated], [isolated, web(), from(pods('a'))]],
  ['a policy that goes with its pods', [isolated, web(), from(pods('a'))], [isolated]],
  [
    'a new name',
    [isolated, web(), from(pods('a')), workload('Deployment', 'a')],
    [isolated, web(), from(pods('b')), workload('Deployment', 'b')],
  ],
  ['a host that another ingress had', [ingress('a', 'www.example.com')], [ingress('b', 'www.example.com')]],
]);

test('new pods that are reached from outside the cluster', () =>
  expect(marks('exposure', [isolated], [isolated, web(), from(block('0.0.0.0/0'))])).toEqual([
    'web can be reached from 0.0.0.0/0 on port 8080',
  ]));

const role = (...rules: readonly object[]) => object('Role', 'reader', { rules });
const rule = (verbs: readonly string[], resources: readonly string[], more: object = {}) => ({
  apiGroups: [''],
  verbs,
  resources,
  ...more,
});
const binding = (...names: readonly string[]) =>
  object('RoleBinding', 'reader', {
    roleRef: { kind: 'Role', name: 'reader' },
    subjects: names.map((name) => ({ kind: 'ServiceAccount', name, namespace: 'shop' })),
  });
const namespace = (level?: string) =>
  object(
    'Namespace',
    'shop',
    {},
    { labels: level === undefined ? {} : { 'pod-security.kubernetes.io/enforce': level } },
  );
const secured = (securityContext: object) =>
  web({
    main: {
      securityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        ...securityContext,
      },
    },
  });

both('privilege', [
  ['a role', [], [role(rule(['get', 'list'], ['pods']))], 'it may get, list pods'],
  [
    'a verb',
    [role(rule(['get'], ['secrets']))],
    [role(rule(['get', 'list'], ['secrets']))],
    'it may list secrets',
  ],
  [
    'every object',
    [role(rule(['get'], ['secrets'], { resourceNames: ['a'] }))],
    [role(rule(['get'], ['secrets']))],
    'it may get secrets',
  ],
  [
    'another group',
    [role(rule(['get'], ['pods']))],
    [role(rule(['get'], ['pods'], { apiGroups: ['', 'apps'] }))],
    'it may get pods.apps',
  ],
  [
    'everything',
    [role(rule(['get'], ['pods']))],
    [role(rule(['*'], ['*'], { apiGroups: ['*'] }))],
    'it may * *.*',
  ],
  ['a subject', [binding('a')], [binding('a', 'b')], 'ServiceAccount shop/b gets Role reader'],
  ['privileged', [web()], [secured({ privileged: true })], 'web runs privileged'],
  ['root', [web()], [secured({ runAsUser: 0 })], 'web runs as root'],
  [
    'a capability',
    [web()],
    [secured({ capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } })],
    'web has the capability NET_ADMIN',
  ],
  ['capabilities', [web()], [secured({ capabilities: {} })], 'web keeps capabilities'],
  ['escalation', [web()], [secured({ allowPrivilegeEscalation: undefined })], 'web may gain privileges'],
  ['writing', [web()], [secured({ readOnlyRootFilesystem: false })], 'web may write to its root file system'],
  [
    'no seccomp',
    [web()],
    [web({ pod: { securityContext: { runAsNonRoot: true } } })],
    'web has no seccomp profile',
  ],
  ['maybe root', [web()], [secured({ runAsNonRoot: false })], 'web may run as root'],
  [
    "the node's processes",
    [web()],
    [web({ pod: { hostPID: true } })],
    "web sees the node's processes (hostPID)",
  ],
  [
    "the node's files",
    [web()],
    [web({ pod: { volumes: [{ name: 'a', hostPath: { path: '/etc' } }] } })],
    'web mounts /etc of the node',
  ],
  [
    'a token',
    [web()],
    [web({ pod: { automountServiceAccountToken: undefined } })],
    'its pods get a token for the API server',
  ],
  [
    'a lower level',
    [namespace('restricted')],
    [namespace('baseline')],
    'it admits baseline pods, restricted ones before',
  ],
  ['no level', [namespace('baseline')], [namespace()], 'it admits privileged pods, baseline ones before'],
  ['a check', [object('ValidatingAdmissionPolicy', 'a')], [], 'what it checks is admitted unchecked'],
]);

test('new pods with a privilege, and a new namespace that admits them', () => {
  expect(marks('privilege', [], [secured({ privileged: true })])).toEqual(['web runs privileged']);
  expect(marks('privilege', [], [namespace()])).toEqual(['it admits privileged pods']);
});

never('privilege', [
  ['a verb that a star held already', [role(rule(['*'], ['pods']))], [role(rule(['get'], ['pods']))]],
  [
    'one object of those that it could read',
    [role(rule(['get'], ['secrets']))],
    [role(rule(['get'], ['secrets'], { resourceNames: ['a'] }))],
  ],
  ['new pods without a privilege', [], [secured({ readOnlyRootFilesystem: false })]],
  ['a new namespace with a level', [], [namespace('baseline')]],
  [
    'a token that the account refuses',
    [web()],
    [
      web({ pod: { automountServiceAccountToken: undefined, serviceAccountName: 'web' } }),
      object('ServiceAccount', 'web', { automountServiceAccountToken: false }),
    ],
  ],
]);

const image = (reference: string) => web({ main: { image: reference } });

test.each([
  ['example.com/web:1.0', 'example.com/web:1.1', 'example.com/web:1.0 → :1.1'],
  [
    'example.com/web:1.0@sha256:aa',
    'example.com/web:1.0@sha256:bb',
    'example.com/web:1.0@sha256:aa → :1.0@sha256:bb',
  ],
  ['example.com:5000/web', 'example.com:5000/web:1.1', 'example.com:5000/web without a tag → :1.1'],
  ['example.com/web:1.0', 'example.org/web:1.0', 'example.com/web:1.0 → example.org/web:1.0'],
])('image: %s, %s', (before, after, says) => {
  expect(marks('image', [image(before)], [image(after)])).toEqual([says]);
});

never('image', [
  [
    'the same image',
    [image('example.com/web:1')],
    [web({ main: { image: 'example.com/web:1' }, spec: { replicas: 3 } })],
  ],
  ['a new workload', [], [web()]],
]);

both('cost', [
  ['a workload', [], [web()], ['+100m CPU requested', '+128 MiB memory requested']],
  [
    'a replica',
    [web()],
    [web({ spec: { replicas: 3 } })],
    ['+50m CPU requested', '+64 MiB memory requested'],
  ],
  ['a volume', [], [volume('1Gi')], '+1024 MiB storage claimed'],
  [
    'volumes',
    [set({ volumeClaimTemplates: [claim('10Gi')] })],
    [set({ volumeClaimTemplates: [claim('11Gi')] })],
    '+2048 MiB storage claimed',
  ],
  ['a load balancer', [service({})], [service({ type: 'LoadBalancer' })], '+1 load balancer'],
  [
    'a higher maximum',
    [web(), scaler(2, 4)],
    [web(), scaler(2, 6)],
    '+192 MiB memory requested at the maximum',
  ],
]);

never('cost', [
  [
    'another spelling',
    [web({ main: { resources: { requests: { cpu: '1000m' } } } })],
    [web({ main: { resources: { requests: { cpu: 1 } } } })],
  ],
  ['replicas that the autoscaler decides', [web(), scaler(2)], [web({ spec: { replicas: 5 } }), scaler(2)]],
]);
