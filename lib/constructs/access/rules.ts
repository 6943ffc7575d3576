import type { PolicyRule } from 'kubernetes-types/rbac/v1';

/** Resources by API group. */
type ByGroup = Readonly<Record<string, readonly string[]>>;

const rulesOf = (resources: ByGroup, verbs: readonly string[]): PolicyRule[] =>
  Object.entries(resources).map(([group, names]) => ({
    apiGroups: [group],
    resources: [...names],
    verbs: [...verbs],
  }));

const LOOK = ['get', 'list', 'watch'];

/** Every kind that Keelson's constructs make in an environment, but for Secrets. */
const DEPLOYED: ByGroup = {
  '': ['configmaps', 'serviceaccounts', 'services'],
  apps: ['deployments', 'statefulsets'],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  'cert-manager.io': ['certificates'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  policy: ['poddisruptionbudgets'],
  'traefik.io': ['ingressroutes', 'middlewares', 'tlsoptions'],
};

/** What an up looks at while it waits, and to say why it waits in vain. */
const WATCHED: ByGroup = {
  '': ['events', 'persistentvolumeclaims', 'pods'],
  apps: ['replicasets'],
  'discovery.k8s.io': ['endpointslices'],
};

/** What else a person looks at. */
const LOOKED_AT: ByGroup = {
  '': ['limitranges', 'pods/log', 'resourcequotas'],
  apps: ['controllerrevisions'],
  'acme.cert-manager.io': ['challenges', 'orders'],
  'cert-manager.io': ['certificaterequests'],
  'metrics.k8s.io': ['pods'],
};

/** Everything but the values of Secrets. */
export const READ: readonly PolicyRule[] = [
  ...rulesOf(DEPLOYED, LOOK),
  ...rulesOf(WATCHED, LOOK),
  ...rulesOf(LOOKED_AT, LOOK),
];

/** Command lines ask by GET over a WebSocket, older ones by POST. */
export const DEBUG: readonly PolicyRule[] = [
  { apiGroups: [''], resources: ['pods/exec', 'pods/portforward'], verbs: ['create', 'get'] },
];

/**
 * What applies an environment's stack, and no more.
 *
 * @param also further kinds, as `resource` or `resource.group`
 */
export const deploy = (also: readonly string[] = []): readonly PolicyRule[] => {
  const change = [...LOOK, 'create', 'patch', 'delete'];
  return [
    ...rulesOf({ ...DEPLOYED, '': [...(DEPLOYED[''] ?? []), 'secrets'] }, change),
    ...rulesOf(WATCHED, LOOK),
    ...also.flatMap((kind) => {
      const [resource = '', ...group] = kind.split('.');
      return rulesOf({ [group.join('.')]: [resource] }, change);
    }),
  ];
};
