import type { KubeObject } from '../../../lib/kube/object.js';
import { objectRule, type Rule, unless } from './rule.js';
import { isEmpty, matches, shown, terms } from './selector.js';
import { type PodSelector, podSelectors, selectsAny } from './selectors.js';

/** Pods that others make, and where; a selector of them selects nothing of ours. */
const OUTSIDE: readonly { readonly labels: Record<string, string>; readonly namespace?: string }[] = [
  { labels: { 'k8s-app': 'kube-dns' }, namespace: 'kube-system' },
  { labels: { 'app.kubernetes.io/name': 'traefik' }, namespace: 'kube-system' },
  { labels: { 'app.kubernetes.io/name': 'prometheus' }, namespace: 'monitoring' },
  { labels: { 'acme.cert-manager.io/http01-solver': 'true' } },
];

/** Labels that a new version changes, while the selector of a workload can never change. */
const CHANGING =
  /^(pod-template-hash|controller-revision-hash|app\.kubernetes\.io\/version|helm\.sh\/.*|cdk8s\.io\/.*)$/;

/** Eight or more hexadecimal digits at the end, of both sorts: what cdk8s makes of a construct's path. */
const HASH = /(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{8,}$/;

/** Selectors say what people chose, and select something. */
export const selectorRules: readonly Rule[] = [
  objectRule('stable-selector', [], (object) =>
    podSelectors(object).flatMap(({ field, selector }) =>
      terms(selector)
        .filter(([key, value]) => CHANGING.test(key) || HASH.test(value))
        .map(([key, value]) => `${field}: ${key}=${value} changes with a version or a move; select by name`),
    ),
  ),
  objectRule('selects-something', ['Service', 'PodDisruptionBudget', 'NetworkPolicy'], (object, { pods }) =>
    podSelectors(object)
      .filter(({ selector }) => !isEmpty(selector))
      .filter((selector) => !selectsOutside(selector))
      .filter((selector) => !selectsAny(selector, pods))
      .map(({ field, selector }) => `${field}: no pod template carries ${shown(selector)}`),
  ),
  objectRule('selects-itself', ['Deployment', 'StatefulSet', 'DaemonSet'], (object, { pods }) => {
    const own = pods.filter(({ owner }: { owner: KubeObject }) => owner === object);
    return podSelectors(object).flatMap((selector) =>
      unless(
        selectsAny(selector, own),
        `spec.selector: its own pod template does not carry ${shown(selector.selector)}`,
      ),
    );
  }),
];

/** Only a selector that names such a pod: one that merely excludes others would select it by accident. */
const selectsOutside = ({ selector, looksIn }: PodSelector): boolean =>
  OUTSIDE.some(
    ({ labels, namespace }) =>
      matches(selector, labels) &&
      terms(selector).some(([key, value]) => labels[key] === value) &&
      (namespace === undefined || looksIn(namespace)),
  );
