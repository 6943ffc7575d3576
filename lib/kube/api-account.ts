import type { Construct } from 'constructs';
import type { ClusterRole, ClusterRoleBinding, PolicyRule } from 'kubernetes-types/rbac/v1';
import { clusterObject } from './cluster-object.js';
import { namespaceOf } from './context.js';
import { addServiceAccount } from './service-account.js';

/** An account that may do these things in every namespace, and nothing else. */
export function addApiAccount(scope: Construct, name: string, rules: PolicyRule[]): void {
  addServiceAccount(scope, name);
  clusterObject<ClusterRole>(scope, 'cluster-role', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules,
  });
  clusterObject<ClusterRoleBinding>(scope, 'cluster-role-binding', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: namespaceOf(scope) ?? 'default' }],
  });
}

/**
 * The API server's ports, before and after its Service's address is translated. Its address is a node's, which nobody
 * knows beforehand.
 */
export const API_SERVER = {
  ports: [443, 6443],
  peer: { kind: 'addresses', cidrs: ['0.0.0.0/0', '::/0'] },
} as const;

/** On a pod template: why it carries a token. */
export const usesKubernetesApi = (reason: string) => ({ 'keelson.dev/uses-kubernetes-api': reason });
