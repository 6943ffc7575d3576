import type { Construct } from 'constructs';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { apiObject } from '../kube/api-object.js';
import { NAME } from '../kube/labels.js';

/** Lets a drained node take one pod at a time. With a single pod it would stop every drain, so there is none. */
export function addDisruptionBudget(scope: Construct, name: string, replicas: number): void {
  if (replicas < 2) return;
  apiObject<PodDisruptionBudget>(scope, 'disruption-budget', {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name },
    spec: { maxUnavailable: 1, selector: { matchLabels: { [NAME]: name } } },
  });
}
