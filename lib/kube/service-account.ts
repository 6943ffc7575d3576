import type { Construct } from 'constructs';
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import { apiObject } from './api-object.js';

/** A workload's own account, whose token no pod gets: nothing of ours asks the Kubernetes API. */
export const addServiceAccount = (scope: Construct, name: string) =>
  apiObject<ServiceAccount>(scope, 'service-account', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name },
    automountServiceAccountToken: false,
  });
