import type { KubeObject } from '../../kube/object.js';
import { requestsOf } from '../../requests.js';
import { type Budget, budgetOf, demanding } from '../budget.js';
import type { Rule } from '../mark.js';
import { podsOf } from '../pods.js';
import type { Surroundings } from '../world.js';

/** What a change adds to what the cluster has to give. */
export const COST: readonly Rule[] = [
  ({ before, after }, world) => {
    const old = budget(before, world.before);
    const now = budget(after, world.after);
    return [
      ...more(old.cpuMillis, now.cpuMillis, 'm CPU requested'),
      ...more(old.memoryMiB, now.memoryMiB, ' MiB memory requested'),
      ...more(old.storageMiB, now.storageMiB, ' MiB storage claimed'),
      ...more(old.loadBalancers, now.loadBalancers, ' load balancer'),
    ];
  },
  ({ before, after }, world) =>
    more(peak(before, world.before), peak(after, world.after), ' MiB memory requested at the maximum'),
];

const more = (before: number, after: number, what: string): string[] =>
  after > before ? [`+${after - before}${what}`] : [];

/** What one object asks for, with the replicas that its autoscaler gives it. */
function budget(object: KubeObject | undefined, side: Surroundings): Budget {
  if (!object) return budgetOf([]);
  if (podsOf(object).length === 0) return budgetOf([object]);
  return budgetOf([object, ...side.autoscalersOf(object)]);
}

/** Memory that an autoscaler may make its target ask for, in MiB. */
function peak(autoscaler: KubeObject | undefined, side: Surroundings): number {
  const target = autoscaler && side.targetOf(autoscaler);
  return target ? Math.round(requestsOf(demanding([target, autoscaler])).peak.memoryMiB) : 0;
}
