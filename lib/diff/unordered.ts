/**
 * Lists whose order means nothing though the OpenAPI does not say so: everything that one of their items allows,
 * demands or drops counts, wherever it stands.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/ (permissions are purely additive)
 */
const UNORDERED: Readonly<Record<string, readonly string[]>> = {
  'core.v1.Capabilities': ['add', 'drop'],
  'core.v1.PersistentVolumeClaimSpec': ['accessModes'],
  'networking.v1.NetworkPolicySpec': ['egress', 'ingress', 'policyTypes'],
  'networking.v1.NetworkPolicyIngressRule': ['from', 'ports'],
  'networking.v1.NetworkPolicyEgressRule': ['ports', 'to'],
  'networking.v1.IPBlock': ['except'],
  'rbac.v1.ClusterRole': ['rules'],
  'rbac.v1.Role': ['rules'],
  'rbac.v1.ClusterRoleBinding': ['subjects'],
  'rbac.v1.RoleBinding': ['subjects'],
  'rbac.v1.PolicyRule': ['apiGroups', 'nonResourceURLs', 'resourceNames', 'resources', 'verbs'],
};

export const UNORDERED_TYPES = Object.keys(UNORDERED);

export const isUnordered = (type: string | undefined, field: string): boolean =>
  type !== undefined && Object.hasOwn(UNORDERED, type) && (UNORDERED[type]?.includes(field) ?? false);
