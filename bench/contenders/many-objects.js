// The objects that stacks are measured with: a namespace and, in turn, kinds that are there as soon as they are made.
// One of them has no API group: Pulumi knows the others by the names of several versions of their group.

const KINDS = [
  { apiVersion: 'v1', kind: 'ConfigMap', contents: { data: { 'settings.yaml': 'a: 1\n' } } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    contents: { rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }] },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    contents: { spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] } },
  },
];

/** @param count of objects, the namespace among them */
exports.manyObjects = (count, namespace) => [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  ...Array.from({ length: count - 1 }, (_, index) => {
    const { apiVersion, kind, contents } = KINDS[index % KINDS.length];
    return { apiVersion, kind, metadata: { name: `one-${index}`, namespace }, ...contents };
  }),
];

/** Where the API server lists those of the kinds. */
exports.lists = (namespace) => [
  `/api/v1/namespaces/${namespace}/configmaps`,
  `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`,
  `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
];
