import type { PodSpec } from 'kubernetes-types/core/v1';
import type { KubeObject } from './kube/object.js';
import { NOTHING, plus, podRequests, type Requests, times } from './pod-requests.js';

/** What the pods of some objects ask for in sum. */
export interface Demand extends Requests {
  /**
   * When everything happens at once: each Deployment is updated with its surplus pods, each job runs, each autoscaler
   * is at its maximum.
   */
  readonly peak: Requests;
}

interface Workload {
  readonly replicas?: number;
  readonly strategy?: {
    readonly type?: string;
    readonly rollingUpdate?: { readonly maxSurge?: number | string };
  };
  readonly parallelism?: number;
  readonly template?: { readonly spec: PodSpec };
  readonly jobTemplate?: { readonly spec: Workload };
}

interface Autoscaler {
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  readonly minReplicas?: number;
  readonly maxReplicas: number;
}

/**
 * Sums the requests of all pods, as the scheduler does, for a cluster of one node.
 *
 * A scheduled job counts once: runs that overlap because `concurrency` allows it are not foreseen.
 */
export function requestsOf(objects: readonly KubeObject[]): Demand {
  const autoscalers = objects.filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  let always = NOTHING;
  let peak = NOTHING;
  for (const object of objects) {
    const spec = (object.spec ?? {}) as Workload;
    const template = spec.template ?? spec.jobTemplate?.spec.template;
    if (!template) continue;
    const pod = podRequests(template.spec);
    const count = podCount(object, spec, autoscalerOf(object, autoscalers));
    always = plus(always, times(count.always, pod));
    peak = plus(peak, times(count.peak, pod));
  }
  return { ...always, peak };
}

interface Count {
  readonly always: number;
  readonly peak: number;
}

function podCount({ kind }: KubeObject, spec: Workload, autoscaler: Autoscaler | undefined): Count {
  switch (kind) {
    case 'CronJob':
      return { always: 0, peak: spec.jobTemplate?.spec.parallelism ?? 1 };
    case 'Job':
      return { always: 0, peak: spec.parallelism ?? 1 };
    case 'DaemonSet':
      return { always: 1, peak: 1 };
    default: {
      const always = autoscaler?.minReplicas ?? spec.replicas ?? 1;
      const most = Math.max(always, autoscaler?.maxReplicas ?? 0);
      return { always, peak: most + (kind === 'Deployment' ? surplus(spec, most) : 0) };
    }
  }
}

/** Pods that a rolling update starts before it stops others. Kubernetes' own default is a quarter, rounded up. */
function surplus({ strategy }: Workload, replicas: number): number {
  if (strategy?.type === 'Recreate') return 0;
  const maxSurge = strategy?.rollingUpdate?.maxSurge ?? '25%';
  return typeof maxSurge === 'number' ? maxSurge : Math.ceil((Number.parseFloat(maxSurge) / 100) * replicas);
}

function autoscalerOf(
  { kind, metadata }: KubeObject,
  autoscalers: readonly KubeObject[],
): Autoscaler | undefined {
  return autoscalers
    .filter((autoscaler) => autoscaler.metadata.namespace === metadata.namespace)
    .map(({ spec }) => spec as Autoscaler)
    .find(({ scaleTargetRef }) => scaleTargetRef.kind === kind && scaleTargetRef.name === metadata.name);
}
