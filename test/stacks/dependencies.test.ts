import fc from 'fast-check';
import type { KubeObject } from '../../lib/kube/object.js';
import { order } from '../../stacks/dependencies.js';
import { keyOf, logicalName } from '../../stacks/object-key.js';
import { definition, deployment, object } from './objects.js';

const shop = object('v1', 'Namespace', 'shop');

/** Names of what one object waits for, in a set. */
const dependsOn = (objects: readonly KubeObject[], name: string): string[] =>
  order(objects)
    .filter(({ object }) => logicalName(object) === name)
    .flatMap((found) => found.dependsOn.map(logicalName));

describe('order', () => {
  it('puts namespaces and definitions before what lies in them, whatever the given order', () => {
    const issuer = object('cert-manager.io/v1', 'Issuer', 'ca', 'shop');
    const objects = [issuer, deployment('web', 'shop'), definition('cert-manager.io', 'Issuer'), shop];
    const names = order(objects).map(({ object }) => logicalName(object));
    expect(names.indexOf('Namespace/shop')).toBeLessThan(names.indexOf('shop/Deployment/web'));
    expect(names.indexOf('CustomResourceDefinition/issuers.cert-manager.io')).toBeLessThan(
      names.indexOf('shop/Issuer/ca'),
    );
  });

  it('finds everything that a pod refers to, in its own namespace only', () => {
    const pod = {
      serviceAccountName: 'web',
      priorityClassName: 'high',
      imagePullSecrets: [{ name: 'pull' }],
      initContainers: [{ envFrom: [{ configMapRef: { name: 'init' } }, { secretRef: { name: 'init' } }] }],
      containers: [
        {
          env: [
            { valueFrom: { secretKeyRef: { name: 'key', key: 'k' } } },
            { valueFrom: { configMapKeyRef: { name: 'env', key: 'k' } } },
            { name: 'PLAIN', value: 'v' },
          ],
        },
      ],
      volumes: [
        { configMap: { name: 'files' } },
        { secret: { secretName: 'tls' } },
        { persistentVolumeClaim: { claimName: 'data' } },
        { projected: { sources: [{ configMap: { name: 'p' } }, { secret: { name: 'p' } }] } },
        { emptyDir: {} },
      ],
    };
    const configuration = (kind: string, names: string[], namespace: string) =>
      names.map((name) => object('v1', kind, name, namespace));
    const maps = ['init', 'env', 'files', 'p'];
    const secrets = ['pull', 'init', 'key', 'tls', 'p'];
    const objects = [
      deployment('web', 'shop', pod),
      ...['shop', 'other'].flatMap((namespace) => [
        ...configuration('ConfigMap', maps, namespace),
        ...configuration('Secret', secrets, namespace),
        ...configuration('PersistentVolumeClaim', ['data'], namespace),
        ...configuration('ServiceAccount', ['web', 'unused'], namespace),
      ]),
      object('scheduling.k8s.io/v1', 'PriorityClass', 'high'),
    ];
    expect(dependsOn(objects, 'shop/Deployment/web').sort()).toEqual(
      [
        ...maps.map((name) => `shop/ConfigMap/${name}`),
        ...secrets.map((name) => `shop/Secret/${name}`),
        'shop/PersistentVolumeClaim/data',
        'shop/ServiceAccount/web',
        'PriorityClass/high',
      ].sort(),
    );
  });

  it.each([
    ['batch/v1', 'Job', { template: { spec: { serviceAccountName: 'a' } } }],
    ['batch/v1', 'CronJob', { jobTemplate: { spec: { template: { spec: { serviceAccountName: 'a' } } } } }],
    ['apps/v1', 'StatefulSet', { template: { spec: { serviceAccountName: 'a' } } }],
    ['apps/v1', 'DaemonSet', { template: { spec: { serviceAccountName: 'a' } } }],
    ['v1', 'Pod', { serviceAccountName: 'a' }],
  ])('looks into the pods of %s %s', (apiVersion, kind, spec) => {
    const objects = [
      object(apiVersion, kind, 'x', 'shop', { spec }),
      object('v1', 'ServiceAccount', 'a', 'shop'),
    ];
    expect(dependsOn(objects, `shop/${kind}/x`)).toEqual(['shop/ServiceAccount/a']);
  });

  it('makes pods wait for the limits of their namespace and for the policies that select them', () => {
    const policy = (name: string, podSelector: object) =>
      object('networking.k8s.io/v1', 'NetworkPolicy', name, 'shop', { spec: { podSelector } });
    const objects = [
      deployment('web', 'shop'),
      policy('all', {}),
      policy('web', { matchLabels: { app: 'web' } }),
      policy('api', { matchLabels: { app: 'api' } }),
      policy('some', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }),
      policy('others', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }),
      policy('labelled', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }),
      policy('bare', { matchExpressions: [{ key: 'app', operator: 'DoesNotExist' }] }),
      object('v1', 'ResourceQuota', 'quota', 'shop'),
      object('v1', 'LimitRange', 'limits', 'shop'),
      object('v1', 'ResourceQuota', 'quota', 'other'),
    ];
    expect(dependsOn(objects, 'shop/Deployment/web').map((name) => name.split('/').at(-1))).toEqual([
      'all',
      'web',
      'some',
      'labelled',
      'quota',
      'limits',
    ]);
  });

  it('gives pods their rights first, and roles before their bindings', () => {
    const rbac = 'rbac.authorization.k8s.io/v1';
    const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }];
    const objects = [
      deployment('web', 'shop', { serviceAccountName: 'web' }),
      object(rbac, 'RoleBinding', 'web', 'shop', { subjects, roleRef: { kind: 'Role', name: 'reader' } }),
      object(rbac, 'ClusterRoleBinding', 'web', undefined, {
        subjects,
        roleRef: { kind: 'ClusterRole', name: 'all' },
      }),
      object(rbac, 'Role', 'reader', 'shop'),
      object(rbac, 'ClusterRole', 'all'),
    ];
    expect(dependsOn(objects, 'shop/Deployment/web')).toEqual([
      'shop/RoleBinding/web',
      'ClusterRoleBinding/web',
    ]);
    expect(dependsOn(objects, 'shop/RoleBinding/web')).toEqual(['shop/Role/reader']);
    expect(dependsOn(objects, 'ClusterRoleBinding/web')).toEqual(['ClusterRole/all']);
  });

  it('follows the references of scalers, ingresses, claims, stateful sets, accounts and certificates', () => {
    const objects = [
      object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', 'shop', {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
      }),
      object('networking.k8s.io/v1', 'Ingress', 'web', 'shop', {
        spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] },
      }),
      object('v1', 'PersistentVolumeClaim', 'data', 'shop', { spec: { storageClassName: 'fast' } }),
      object('apps/v1', 'StatefulSet', 'db', 'shop', {
        spec: { serviceName: 'web', volumeClaimTemplates: [{ spec: { storageClassName: 'fast' } }] },
      }),
      object('v1', 'ServiceAccount', 'web', 'shop', { imagePullSecrets: [{ name: 'pull' }] }),
      object('cert-manager.io/v1', 'Certificate', 'web', 'shop', {
        spec: { issuerRef: { kind: 'ClusterIssuer', name: 'ca' } },
      }),
      deployment('web', 'shop'),
      object('v1', 'Service', 'web', 'shop'),
      object('storage.k8s.io/v1', 'StorageClass', 'fast'),
      object('v1', 'Secret', 'pull', 'shop'),
      object('cert-manager.io/v1', 'ClusterIssuer', 'ca'),
    ];
    expect(
      Object.fromEntries(order(objects).map((o) => [logicalName(o.object), o.dependsOn.map(logicalName)])),
    ).toEqual({
      'shop/HorizontalPodAutoscaler/web': ['shop/Deployment/web'],
      'shop/Ingress/web': ['shop/Service/web'],
      'shop/PersistentVolumeClaim/data': ['StorageClass/fast'],
      'shop/StatefulSet/db': ['shop/Service/web', 'StorageClass/fast'],
      'shop/ServiceAccount/web': ['shop/Secret/pull'],
      'shop/Certificate/web': ['ClusterIssuer/ca'],
      'shop/Deployment/web': [],
      'shop/Service/web': [],
      'StorageClass/fast': [],
      'shop/Secret/pull': [],
      'ClusterIssuer/ca': [],
    });
  });

  it('lets a claim outlive neither its class nor the pods that mount for it', () => {
    const objects = [
      object('v1', 'PersistentVolumeClaim', 'data', 'shop', { spec: {} }),
      object('apps/v1', 'StatefulSet', 'db', 'shop', { spec: { volumeClaimTemplates: [{ spec: {} }] } }),
      object('v1', 'PersistentVolumeClaim', 'scratch', 'shop', { spec: { storageClassName: 'slow' } }),
      object('storage.k8s.io/v1', 'StorageClass', 'fast', undefined, {
        metadata: { name: 'fast', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
        provisioner: 'fast.example.com',
      }),
      object('storage.k8s.io/v1', 'StorageClass', 'slow', undefined, { provisioner: 'slow.example.com' }),
      object('storage.k8s.io/v1', 'CSIDriver', 'fast.example.com'),
      object('apps/v1', 'DaemonSet', 'mounts', 'storage', {
        spec: {
          template: {
            spec: { volumes: [{ hostPath: { path: '/var/lib/kubelet/plugins/fast.example.com' } }] },
          },
        },
      }),
    ];
    expect(
      Object.fromEntries(order(objects).map((o) => [logicalName(o.object), o.dependsOn.map(logicalName)])),
    ).toEqual({
      'shop/PersistentVolumeClaim/data': ['StorageClass/fast'],
      'shop/StatefulSet/db': ['StorageClass/fast'],
      'shop/PersistentVolumeClaim/scratch': ['StorageClass/slow'],
      'StorageClass/fast': ['CSIDriver/fast.example.com'],
      'StorageClass/slow': [],
      'CSIDriver/fast.example.com': ['storage/DaemonSet/mounts'],
      'storage/DaemonSet/mounts': [],
    });
  });

  it("makes custom resources wait for their operator's webhook and the pods that answer for it", () => {
    const objects = [
      object('monitoring.coreos.com/v1', 'PrometheusRule', 'alerts', 'shop'),
      object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'rules', undefined, {
        webhooks: [
          {
            rules: [{ apiGroups: ['monitoring.coreos.com', 'apps'] }],
            clientConfig: { service: { name: 'operator', namespace: 'ops' } },
          },
        ],
      }),
      object('v1', 'Service', 'operator', 'ops', { spec: { selector: { app: 'operator' } } }),
      deployment('operator', 'ops'),
      deployment('web', 'shop'),
    ];
    expect(dependsOn(objects, 'shop/PrometheusRule/alerts')).toEqual([
      'ValidatingWebhookConfiguration/rules',
      'ops/Deployment/operator',
    ]);
    expect(dependsOn(objects, 'shop/Deployment/web')).toEqual([]);
  });

  it("makes cert-manager's custom resources wait for its webhook even without the configuration", () => {
    const objects = [
      object('cert-manager.io/v1', 'ClusterIssuer', 'ca'),
      deployment('cert-manager-webhook', 'cert-manager'),
    ];
    expect(dependsOn(objects, 'ClusterIssuer/ca')).toEqual(['cert-manager/Deployment/cert-manager-webhook']);
  });

  it('adds explicit dependencies', () => {
    const web = deployment('web', 'shop');
    const migration = object('batch/v1', 'Job', 'migrate', 'shop');
    const [first, second] = order([web, migration], [{ dependent: web, on: migration }]);
    expect(first?.object).toBe(migration);
    expect(second?.dependsOn).toEqual([migration]);
  });

  it('refuses an explicit dependency on an absent object, and names the cycle of others', () => {
    const web = deployment('web', 'shop');
    const api = deployment('api', 'shop');
    expect(() => order([web], [{ dependent: web, on: api }])).toThrow(
      'shop/Deployment/web after shop/Deployment/api: shop/Deployment/api is not among the objects',
    );
    const both = [
      { dependent: web, on: api },
      { dependent: api, on: web },
    ];
    expect(() => order([web, api], both)).toThrow(
      'waits for itself: shop/Deployment/web → shop/Deployment/api → shop/Deployment/web',
    );
  });

  it('refuses an object that is described twice', () => {
    expect(() => order([shop, shop])).toThrow('Namespace/shop: is described twice');
  });
});

describe('order of any set', () => {
  const names = fc.constantFrom('a', 'b', 'c');
  const namespaces = fc.constantFrom('x', 'y');
  const core = fc
    .tuple(
      fc.constantFrom('ConfigMap', 'Secret', 'Service', 'ServiceAccount', 'ResourceQuota'),
      names,
      namespaces,
    )
    .map(([kind, name, namespace]) => object('v1', kind, name, namespace));
  const workload = fc
    .record({ name: names, namespace: namespaces, account: names, secret: names, map: names })
    .map(({ name, namespace, account, secret, map }) =>
      deployment(name, namespace, {
        serviceAccountName: account,
        containers: [{ envFrom: [{ secretRef: { name: secret } }, { configMapRef: { name: map } }] }],
      }),
    );
  const others = fc.oneof(
    namespaces.map((name) => object('v1', 'Namespace', name)),
    names.map((name) => definition('example.com', name.toUpperCase())),
    fc
      .tuple(names, names, namespaces)
      .map(([kind, name, namespace]) => object('example.com/v1', kind.toUpperCase(), name, namespace)),
    fc.tuple(names, namespaces, names).map(([name, namespace, app]) =>
      object('networking.k8s.io/v1', 'NetworkPolicy', name, namespace, {
        spec: { podSelector: { matchLabels: { app } } },
      }),
    ),
    fc.tuple(names, namespaces, names).map(([name, namespace, target]) =>
      object('autoscaling/v2', 'HorizontalPodAutoscaler', name, namespace, {
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target } },
      }),
    ),
    fc.tuple(names, namespaces, names).map(([name, namespace, role]) =>
      object('rbac.authorization.k8s.io/v1', 'RoleBinding', name, namespace, {
        roleRef: { kind: 'Role', name: role },
        subjects: [{ kind: 'ServiceAccount', name: 'a' }],
      }),
    ),
    fc
      .tuple(names, namespaces)
      .map(([name, namespace]) => object('rbac.authorization.k8s.io/v1', 'Role', name, namespace)),
  );
  const sets = fc.uniqueArray(fc.oneof(core, workload, others), { selector: keyOf, maxLength: 40 });

  /** The references, read from the text of an object: a second opinion that knows nothing of the index. */
  function expected({ metadata, kind, apiVersion, spec, roleRef }: KubeObject): string[] {
    const inNamespace = (of: string, name: unknown) => `${metadata.namespace}/${of}/${name}`;
    const all = [`Namespace/${metadata.namespace}`];
    if (apiVersion === 'example.com/v1')
      all.push(`CustomResourceDefinition/${kind.toLowerCase()}s.example.com`);
    if (roleRef) all.push(inNamespace('Role', (roleRef as { name: string }).name));
    const text = JSON.stringify(spec ?? {});
    for (const [, of, name] of text.matchAll(
      /"(configMap|secret|scaleTarget)Ref":\{(?:[^{}]*,)?"name":"(\w)"/g,
    ))
      all.push(
        inNamespace(
          { configMap: 'ConfigMap', secret: 'Secret', scaleTarget: 'Deployment' }[of ?? ''] ?? '',
          name,
        ),
      );
    const [, account] = text.match(/"serviceAccountName":"(\w)"/) ?? [];
    if (account) all.push(inNamespace('ServiceAccount', account));
    return all;
  }

  it('stands after every natural reference, without a cycle and with nothing lost', () => {
    fc.assert(
      fc.property(sets, (objects) => {
        const result = order(objects);
        expect(result.map(({ object }) => keyOf(object)).sort()).toEqual(objects.map(keyOf).sort());
        const present = new Set(objects.map(logicalName));
        const before = new Set<KubeObject>();
        for (const { object, dependsOn } of result) {
          for (const other of dependsOn) expect(before.has(other)).toBe(true);
          expect(dependsOn.map(logicalName)).toEqual(
            expect.arrayContaining(expected(object).filter((name) => present.has(name))),
          );
          before.add(object);
        }
      }),
    );
  });

  it('is the same for the same objects', () => {
    fc.assert(fc.property(sets, (objects) => expect(order(objects)).toEqual(order(objects))));
  });

  it('has a number of edges that grows with the services, not with their square', () => {
    const services = (count: number) =>
      Array.from({ length: count }, (_, i) => [
        deployment(`s${i}`, 'shop', { serviceAccountName: `s${i}` }),
        object('v1', 'ServiceAccount', `s${i}`, 'shop'),
        object('networking.k8s.io/v1', 'NetworkPolicy', `s${i}`, 'shop', {
          spec: { podSelector: { matchLabels: { app: `s${i}` } } },
        }),
      ]).flat();
    const edges = (count: number) =>
      order([shop, ...services(count)]).reduce((sum, { dependsOn }) => sum + dependsOn.length, 0);
    expect(edges(200)).toBe(10 * edges(20));
  });
});
