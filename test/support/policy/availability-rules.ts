import type { DeploymentSpec, StatefulSetSpec } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscalerSpec } from 'kubernetes-types/autoscaling/v2';
import type { KubeObject } from '../../../lib/kube/object.js';
import type { ObjectSet } from './object-set.js';
import { objectRule, type Rule, unless } from './rule.js';
import { podSelectors, selectsAny } from './selectors.js';

/** What has two pods has them so that one may go without a failed request. */
export const availabilityRules: readonly Rule[] = [
  objectRule('disruption-budget', ['Deployment', 'StatefulSet'], (object, set) => {
    const own = set.pods.filter(({ owner }) => owner === object);
    const budgets = set.inNamespace(object.metadata.namespace, 'PodDisruptionBudget');
    return unless(
      leastReplicas(object, set) < 2 ||
        budgets.flatMap(podSelectors).some((selector) => selectsAny(selector, own)),
      'has two replicas or more and no PodDisruptionBudget',
    );
  }),
  objectRule('spread', ['Deployment', 'StatefulSet'], (object, set) => {
    const { topologySpreadConstraints, affinity } = (object.spec as DeploymentSpec).template.spec ?? {};
    return unless(
      leastReplicas(object, set) < 2 || !!topologySpreadConstraints?.length || !!affinity?.podAntiAffinity,
      'has two replicas or more and no topologySpreadConstraints: they may all stand on one node',
    );
  }),
  objectRule('roll-out', ['Deployment'], (object, set) => {
    const { strategy } = object.spec as DeploymentSpec;
    const { maxUnavailable } = strategy?.rollingUpdate ?? {};
    return unless(
      leastReplicas(object, set) < 2 || maxUnavailable === 0 || maxUnavailable === '0%',
      `has two replicas or more and maxUnavailable ${maxUnavailable ?? 'not stated'}; give 0`,
    );
  }),
];

/** How many pods there are at least: an autoscaler decides where there is one. */
function leastReplicas(object: KubeObject, set: ObjectSet): number {
  const autoscaler = set
    .inNamespace(object.metadata.namespace, 'HorizontalPodAutoscaler')
    .map(({ spec }) => spec as HorizontalPodAutoscalerSpec)
    .find(({ scaleTargetRef: { kind, name } }) => kind === object.kind && name === object.metadata.name);
  return autoscaler?.minReplicas ?? (object.spec as DeploymentSpec | StatefulSetSpec).replicas ?? 1;
}
