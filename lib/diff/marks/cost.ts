import type { KubeObject } from '../../kube/object.js';
import { requestsOf } from '../../requests.js';
import { type Budget, budgetOf } from '../budget.js';
import { textAt } from '../json.js';
import type { Rule, World } from '../mark.js';
import { podsOf } from '../pods.js';

/** What a change adds to what the cluster has to give. */
export const COST: readonly Rule[] = [
  ({ before, after }, world) => {
    const old = own(before, world.before);
    const now = own(after, world.after);
    return [
      ...more(old.cpuMillis, now.cpuMillis, 'm CPU requested'),
      ...more(old.memoryMiB, now.memoryMiB, ' MiB memory requested'),
      ...more(old.storageMiB, now.storageMiB, ' MiB storage claimed'),
      ...more(old.loadBalancers, now.loadBalancers, ' load balancer'),
    ];
  },
  ({ before, after }, world) => {
    const old = before ? peakOf(before, world.before) : 0;
    const now = after ? peakOf(after, world.after) : 0;
    return more(old, now, ' MiB memory requested when scaled to the maximum');
  },
];

const more = (before: number, after: number, what: string): string[] =>
  after > before ? [`+${after - before}${what}`] : [];

/** What one object asks for, with the replicas that its autoscaler gives it. */
function own(object: KubeObject | undefined, side: World['before']): Budget {
  if (!object) return budgetOf([]);
  return budgetOf(podsOf(object).length > 0 ? [object, ...autoscalersOf(object, side)] : [object]);
}

const autoscalersOf = (object: KubeObject, side: World['before']): KubeObject[] =>
  side.filter((other) => other.kind === 'HorizontalPodAutoscaler' && isTarget(object, other));

const isTarget = ({ kind, metadata }: KubeObject, autoscaler: KubeObject): boolean =>
  autoscaler.metadata.namespace === metadata.namespace &&
  textAt(autoscaler, 'spec', 'scaleTargetRef', 'kind') === kind &&
  textAt(autoscaler, 'spec', 'scaleTargetRef', 'name') === metadata.name;

/** Memory that an autoscaler may make its target ask for, in MiB. */
function peakOf(autoscaler: KubeObject, side: World['before']): number {
  if (autoscaler.kind !== 'HorizontalPodAutoscaler') return 0;
  const target = side.find((object) => isTarget(object, autoscaler));
  return target ? Math.round(requestsOf([target, autoscaler]).peak.memoryMiB) : 0;
}
