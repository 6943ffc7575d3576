import type { Construct } from 'constructs';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import { apiObject } from '../kube/api-object.js';
import { type KeysOf, unknownKeys } from '../kube/known-keys.js';

/** How many pods there are, by their use of CPU. */
export interface Autoscale {
  /** @default 2 */
  readonly min?: number;
  readonly max: number;
  /** Use of CPU to hold, in per cent of the request. @default 70 */
  readonly cpuPercent?: number;
}

const KEYS: KeysOf<Autoscale> = { min: true, max: true, cpuPercent: true };

/** With its defaults. */
export const autoscaleOf = ({ min = 2, max, cpuPercent = 70 }: Autoscale): Required<Autoscale> => ({
  min,
  max,
  cpuPercent,
});

/** Scales a Deployment, which then states no `replicas`: two owners of one field would fight over it. */
export function addAutoscaler(scope: Construct, name: string, autoscale: Autoscale): void {
  const { min, max, cpuPercent } = autoscaleOf(autoscale);
  apiObject<HorizontalPodAutoscaler>(scope, 'autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name },
    spec: {
      minReplicas: min,
      maxReplicas: max,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
        },
      ],
    },
  });
}

export function autoscaleProblems(autoscale: Autoscale | undefined, replicas: number | undefined): string[] {
  if (!autoscale) return [];
  const { min, max, cpuPercent } = autoscaleOf(autoscale);
  return [
    ...unknownKeys(autoscale, KEYS, 'autoscale.'),
    ...(replicas === undefined
      ? []
      : ['replicas: the autoscaler owns their number; give autoscale.min and max, or replicas']),
    ...[...Object.entries({ min, max, cpuPercent })]
      .filter(([, value]) => !(Number.isInteger(value) && value > 0))
      .map(([key, value]) => `autoscale.${key}: ${value} was given; a whole number above 0 is expected`),
    ...(max < min ? [`autoscale.max: ${max} is below autoscale.min, ${min}`] : []),
  ];
}
