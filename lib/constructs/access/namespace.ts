import type { Construct } from 'constructs';
import type { Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import { apiObject } from '../../kube/api-object.js';
import { clusterObject } from '../../kube/cluster-object.js';
import { ACCESS_NAMESPACE } from '../../kube/identity.js';
import { RESTRICTED } from '../closed-namespace.js';

/**
 * Holds accounts and nothing else. Whoever ran a pod in it could take any identity, and a Secret could hold a token
 * that never expires: its quota allows neither, whoever asks.
 */
export function addAccessNamespace(scope: Construct): void {
  clusterObject<Namespace>(scope, 'namespace', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: ACCESS_NAMESPACE, labels: RESTRICTED },
  });
  apiObject<ResourceQuota>(scope, 'quota', {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'access', namespace: ACCESS_NAMESPACE },
    spec: { hard: { pods: '0', 'count/secrets': '0' } },
  });
}
