import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { NetworkPolicyPeer, NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import type { KubeObject } from '../../../lib/kube/object.js';
import type { PodTemplate } from './object-set.js';
import { isEmpty, matches } from './selector.js';

/** A selector of pods: where it stands, and in which namespaces it looks. */
export interface PodSelector {
  readonly field: string;
  readonly selector: LabelSelector;
  readonly looksIn: (namespace: string | undefined) => boolean;
}

interface Rules {
  readonly from?: NetworkPolicyPeer[];
  readonly to?: NetworkPolicyPeer[];
}

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

/** Every selector of pods in a Service, disruption budget, network policy or workload. */
export function podSelectors(object: KubeObject): PodSelector[] {
  const own = (field: string, selector: LabelSelector | undefined): PodSelector[] =>
    selector ? [{ field, selector, looksIn: (namespace) => namespace === object.metadata.namespace }] : [];
  const spec = (object.spec ?? {}) as { selector?: LabelSelector };
  switch (object.kind) {
    case 'Service':
      return own('spec.selector', { matchLabels: (spec.selector ?? {}) as Record<string, string> });
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'PodDisruptionBudget':
      return own('spec.selector', spec.selector);
    case 'NetworkPolicy': {
      const { podSelector, ingress = [], egress = [] } = object.spec as NetworkPolicySpec;
      return [
        ...own('spec.podSelector', podSelector),
        ...[...ingress, ...egress].flatMap((rule) => peers(object, rule)),
      ];
    }
    default:
      return [];
  }
}

/** Whether some pod template is one that the selector would select. */
export const selectsAny = ({ selector, looksIn }: PodSelector, pods: readonly PodTemplate[]): boolean =>
  pods.some(({ owner, labels }) => looksIn(owner.metadata.namespace) && matches(selector, labels));

const peers = (policy: KubeObject, { from = [], to = [] }: Rules): PodSelector[] =>
  [...from, ...to].flatMap(({ podSelector, namespaceSelector }) =>
    podSelector && !isEmpty(podSelector)
      ? [
          {
            field: 'a peer',
            selector: podSelector,
            looksIn: (namespace: string | undefined) =>
              namespaceSelector
                ? matches(namespaceSelector, { [NAMESPACE_NAME]: namespace ?? '' })
                : namespace === policy.metadata.namespace,
          },
        ]
      : [],
  );
