import type { KubeObject } from '../lib/kube/object.js';
import { synthesize } from '../lib/synth.js';
import { objectsOf, smallApplication } from './support/application.js';
import { generatedCertManager, generatedObjects } from './support/generated.js';
import { machines } from './support/machines.js';
import { IGNORES } from './support/policy/ignores.js';
import { policyProblems, policyRules } from './support/policy.js';
import { goodObjects, spoilt } from './support/samples.js';

const CONTAINER = 'spec template spec containers 0';
const LABELS = 'spec template metadata labels';
const NAME = 'app.kubernetes.io/name';
const CRON_JOB = 'spec jobTemplate spec template';

/** Rule, object, and a change of one field that the rule alone must find. */
type Mutation = readonly [rule: string, kind: string, name: string, path: string, value: unknown];

const MUTATIONS: readonly Mutation[] = [
  ['ingress-route', 'IngressRoute', 'api', 'spec tls secretName', undefined],
  ['run-as-non-root', 'Deployment', 'web', 'spec template spec securityContext runAsNonRoot', undefined],
  ['run-as-non-root', 'Deployment', 'web', `${CONTAINER} securityContext runAsNonRoot`, false],
  ['user-id', 'Deployment', 'web', 'spec template spec securityContext runAsUser', undefined],
  ['user-id', 'Deployment', 'web', `${CONTAINER} securityContext runAsUser`, 0],
  ['user-id', 'CronJob', 'report', `${CRON_JOB} spec securityContext runAsUser`, 999],
  ['seccomp', 'StatefulSet', 'store', 'spec template spec securityContext seccompProfile', undefined],
  ['seccomp', 'Deployment', 'web', `${CONTAINER} securityContext seccompProfile`, { type: 'Unconfined' }],
  ['privilege', 'Deployment', 'web', `${CONTAINER} securityContext allowPrivilegeEscalation`, undefined],
  ['privilege', 'Deployment', 'web', `${CONTAINER} securityContext privileged`, true],
  ['capabilities', 'Deployment', 'web', `${CONTAINER} securityContext capabilities drop`, ['NET_RAW']],
  ['capabilities', 'Deployment', 'web', `${CONTAINER} securityContext capabilities add`, ['NET_ADMIN']],
  ['read-only-root', 'Deployment', 'web', `${CONTAINER} securityContext readOnlyRootFilesystem`, undefined],
  ['host', 'Deployment', 'web', 'spec template spec hostNetwork', true],
  ['host', 'Deployment', 'web', 'spec template spec hostPID', true],
  ['host', 'Deployment', 'web', 'spec template spec hostIPC', true],
  ['host', 'Deployment', 'web', `${CONTAINER} ports 0 hostPort`, 8080],
  ['host', 'Deployment', 'web', 'spec template spec volumes 0', { name: 'tmp', hostPath: { path: '/' } }],
  ['kubernetes-token', 'Deployment', 'web', 'spec template spec automountServiceAccountToken', undefined],
  ['kubernetes-token', 'Deployment', 'web', 'spec template spec automountServiceAccountToken', true],
  ['kubernetes-token', 'CronJob', 'report', `${CRON_JOB} metadata annotations`, {}],
  [
    'kubernetes-token',
    'CronJob',
    'report',
    `${CRON_JOB} metadata annotations keelson.dev/uses-kubernetes-api`,
    ' ',
  ],

  ['requests', 'Deployment', 'web', `${CONTAINER} resources requests cpu`, undefined],
  ['requests', 'Deployment', 'web', `${CONTAINER} resources requests memory`, undefined],
  ['requests', 'Deployment', 'web', `${CONTAINER} resources requests ephemeral-storage`, undefined],
  ['limits', 'Deployment', 'web', `${CONTAINER} resources limits memory`, undefined],
  [
    'limits',
    'CronJob',
    'report',
    `${CRON_JOB} spec containers 0 resources limits ephemeral-storage`,
    undefined,
  ],
  ['probes', 'Deployment', 'web', `${CONTAINER} readinessProbe`, undefined],
  ['probes', 'StatefulSet', 'store', `${CONTAINER} livenessProbe`, undefined],
  ['image', 'Deployment', 'web', `${CONTAINER} image`, 'registry.example.com:5000/lunch/web'],
  ['image', 'Deployment', 'web', `${CONTAINER} image`, 'lunch/web:latest'],
  ['image', 'Deployment', 'web', `${CONTAINER} image`, `lunch/web:latest@sha256:${'0'.repeat(64)}`],
  ['image', 'Deployment', 'web', `${CONTAINER} image`, 'lunch/web@sha256:0'],
  ['pull-policy', 'Deployment', 'web', `${CONTAINER} imagePullPolicy`, undefined],
  ['credentials', 'Deployment', 'web', `${CONTAINER} env 0`, { name: 'REDIS_PASSWORD', value: 'hunter2' }],
  ['credentials', 'Deployment', 'web', `${CONTAINER} env 0`, { name: 'apiToken', value: 'abc' }],
  ['credentials', 'Deployment', 'web', `${CONTAINER} env 0`, { name: 'URL', value: 'redis://me:pass@host' }],

  ['name', 'Secret', 'cookie', 'metadata name', 'Cookie'],
  ['name', 'Secret', 'cookie', 'metadata name', 'cookie.key'],
  ['name', 'Secret', 'cookie', 'metadata name', 's'.repeat(64)],
  ['name', 'Role', 'report', 'metadata name', 'report/all'],
  ['labels', 'Secret', 'cookie', `metadata labels ${NAME}`, undefined],
  ['labels', 'Ingress', 'web', 'metadata labels app.kubernetes.io/managed-by', 'Helm'],
  ['secret-value', 'Secret', 'cookie', 'data', { key: 'c2VjcmV0' }],
  ['secret-value', 'Secret', 'cookie', 'stringData', { key: 'secret' }],
  ['service-type', 'Service', 'web', 'spec type', 'LoadBalancer'],
  ['service-type', 'Service', 'web', 'spec type', 'NodePort'],
  ['service-type', 'Service', 'web', 'spec externalIPs', ['192.0.2.1']],
  ['ingress', 'Ingress', 'web', 'spec ingressClassName', undefined],
  ['ingress', 'Ingress', 'web', 'spec tls', undefined],
  ['ingress', 'Ingress', 'web', 'spec tls 0 hosts', ['other.example.com']],
  ['ingress', 'Ingress', 'web', 'spec tls 0 secretName', undefined],
  ['ingress', 'Ingress', 'web', 'spec rules 0 host', undefined],
  ['wildcard-role', 'Role', 'report', 'rules 0 verbs', ['*']],
  ['wildcard-role', 'Role', 'report', 'rules 0 resources', ['pods', '*']],
  ['wildcard-role', 'Role', 'report', 'rules 0 apiGroups', ['*']],
  ['cluster-admin', 'RoleBinding', 'report', 'roleRef name', 'cluster-admin'],

  ['namespace', 'Secret', 'cookie', 'metadata namespace', undefined],
  ['namespace', 'Certificate', 'web', 'metadata namespace', undefined],
  ['namespace', 'ClusterIssuer', 'letsencrypt-staging', 'metadata namespace', 'lunch'],
  ['namespace', 'Middleware', 'limit', 'apiVersion', 'traefik.containo.us/v1alpha1'],
  ['namespace-guards', 'Namespace', 'lunch', 'metadata name', 'dinner'],
  ['namespace-guards', 'ResourceQuota', 'environment', 'metadata namespace', 'dinner'],
  ['namespace-guards', 'NetworkPolicy', 'default-deny', 'spec policyTypes', ['Ingress']],
  ['namespace-guards', 'NetworkPolicy', 'default-deny', 'spec egress', [{}]],
  [
    'namespace-guards',
    'NetworkPolicy',
    'default-deny',
    'spec podSelector',
    { matchLabels: { [NAME]: 'web' } },
  ],
  ['pod-security', 'Namespace', 'lunch', 'metadata labels pod-security.kubernetes.io/enforce', 'baseline'],

  ['selects-something', 'Service', 'web', `spec selector ${NAME}`, 'wep'],
  ['selects-something', 'NetworkPolicy', 'web', 'spec podSelector', { matchLabels: { [NAME]: 'wep' } }],
  ['selects-something', 'NetworkPolicy', 'web', `spec egress 0 to 0 podSelector matchLabels ${NAME}`, 'shop'],
  [
    'selects-something',
    'NetworkPolicy',
    'web',
    'spec egress 0 to 0 namespaceSelector',
    { matchLabels: { 'kubernetes.io/metadata.name': 'dinner' } },
  ],
  ['selects-something', 'Service', 'web', `spec selector ${NAME}`, 'traefik'],
  [
    'selects-something',
    'NetworkPolicy',
    'web',
    'spec podSelector',
    { matchExpressions: [{ key: NAME, operator: 'DoesNotExist' }] },
  ],
  ['selects-itself', 'StatefulSet', 'store', `spec selector matchLabels tier`, 'data'],
  ['disruption-budget', 'StatefulSet', 'store', 'spec replicas', 2],
  ['disruption-budget', 'PodDisruptionBudget', 'web', `spec selector matchLabels ${NAME}`, 'store'],
  ['spread', 'Deployment', 'web', 'spec template spec topologySpreadConstraints', undefined],
  ['roll-out', 'Deployment', 'web', 'spec strategy', undefined],
  ['roll-out', 'Deployment', 'web', 'spec strategy rollingUpdate maxUnavailable', '25%'],
];

/** What a cluster of several machines has. */
const blockStorage = () =>
  objectsOf(synthesize(smallApplication({ clusters: { main: { machines: machines({ servers: 3 }) } } })));

const rulesOf = (objects: readonly KubeObject[]): string[] => [
  ...new Set(policyProblems(objects).map((problem) => problem.split(':')[0] ?? '')),
];

test('the good objects break no rule', () => expect(policyProblems(goodObjects())).toEqual([]));

test.each(MUTATIONS)('%s: %s %s with %s = %j', (rule, kind, name, path, value) => {
  expect(rulesOf(spoilt(kind, name, path, value))).toEqual([rule]);
});

test('every rule can fail', () => {
  const proved = new Set([...MUTATIONS.map(([rule]) => rule), 'identity', 'stable-selector']);
  expect(policyRules.map(({ name }) => name).filter((name) => !proved.has(name))).toEqual([]);
});

test('a problem says which rule, which object, and what to do', () => {
  expect(policyProblems(spoilt('Deployment', 'web', `${CONTAINER} securityContext runAsUser`, 0))).toEqual([
    'user-id: Deployment lunch/web: container web: runAsUser is 0; give a number from 1000 on',
  ]);
});

test('identity: an object given twice, in whatever version', () => {
  const role = goodObjects().find(({ kind }) => kind === 'Role');
  const again = { ...role, apiVersion: 'rbac.authorization.k8s.io/v1beta1' } as KubeObject;
  expect(policyProblems([...goodObjects(), again])).toContain(
    'identity: Role lunch/report: is given twice; one would overwrite the other',
  );
});

describe('stable-selector', () => {
  const relabelled = (label: string, value: string): string[] => {
    const objects = spoilt('StatefulSet', 'store', `${LABELS} ${label}`, value);
    const store = objects.find(({ kind }) => kind === 'StatefulSet') as KubeObject;
    const spec = store.spec as { selector: { matchLabels: Record<string, string> } };
    spec.selector.matchLabels[label] = value;
    return rulesOf(objects);
  };

  test.each([
    ['app.kubernetes.io/version', '1.0.0'],
    ['pod-template-hash', 'abc'],
    ['cdk8s.io/metadata.addr', 'lunch-web'],
    ['tier', 'lunch-web-c8f7a1b2'],
  ])('%s=%s changes', (label, value) => expect(relabelled(label, value)).toEqual(['stable-selector']));

  test.each([
    ['tier', 'cafe'],
    ['tier', 'facade'],
    ['release', '20261121'],
  ])('%s=%s does not', (label, value) => expect(relabelled(label, value)).toEqual([]));
});

describe('what the rules leave alone', () => {
  test.each([
    [
      'a reference to another variable',
      'Deployment',
      'web',
      `${CONTAINER} env 0`,
      { name: 'TOKEN', value: '$(ID)' },
    ],
    [
      'an image with a digest alone',
      'Deployment',
      'web',
      `${CONTAINER} image`,
      `web@sha256:${'a'.repeat(64)}`,
    ],
    [
      'a part that asks for more than its pod',
      'Deployment',
      'web',
      `${CONTAINER} securityContext runAsUser`,
      65534,
    ],
    ['a Service without a selector', 'Service', 'web', 'spec selector', undefined],
    ['one replica without a budget', 'Deployment', 'web', 'spec replicas', 1],
    ['no CPU limit and one alike', 'Deployment', 'web', `${CONTAINER} resources limits cpu`, 1],
  ])('%s', (_, kind, name, path, value) =>
    expect(policyProblems(spoilt(kind, name, path, value))).toEqual([]),
  );

  test('an autoscaler says how many replicas there are', () => {
    const objects = spoilt('StatefulSet', 'store', 'spec replicas', undefined);
    const autoscaler = (minReplicas: number): KubeObject => ({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: {
        name: 'store',
        namespace: 'lunch',
        labels: { [NAME]: 'store', 'app.kubernetes.io/managed-by': 'keelson' },
      },
      spec: {
        minReplicas,
        maxReplicas: 4,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'store' },
      },
    });
    expect(rulesOf([...objects, autoscaler(1)])).toEqual([]);
    expect(rulesOf([...objects, autoscaler(2)])).toEqual(['disruption-budget']);
  });
});

describe('ignores', () => {
  const broken = spoilt('Deployment', 'web', `${CONTAINER} imagePullPolicy`, undefined);

  test('overlook one rule for one object', () => {
    const ignore = { rule: 'pull-policy', object: 'Deployment lunch/web', reason: 'shown here' };
    expect(policyProblems(broken, [ignore])).toEqual([]);
    expect(policyProblems(broken, [{ ...ignore, rule: 'image' }])).toHaveLength(1);
    expect(policyProblems(broken, [{ ...ignore, object: 'Deployment lunch/shop' }])).toHaveLength(1);
  });

  test('are all needed, and say why', () => {
    const found = [...policyProblems(generatedCertManager, []), ...policyProblems(blockStorage(), [])];
    for (const { rule, object, reason } of IGNORES) {
      expect(found.join('\n')).toContain(`${rule}: ${object}: `);
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});

test('what is generated keeps to the policy', () => expect(policyProblems(generatedObjects)).toEqual([]));
