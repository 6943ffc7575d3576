import type { KubeObject } from '../../lib/kube/object.js';
import { availabilityRules } from './policy/availability-rules.js';
import { containerRules } from './policy/container-rules.js';
import { IGNORES, type Ignore } from './policy/ignores.js';
import { namespaceRules } from './policy/namespace-rules.js';
import { objectRules } from './policy/object-rules.js';
import { objectSet } from './policy/object-set.js';
import { podRules } from './policy/pod-rules.js';
import type { Rule } from './policy/rule.js';
import { selectorRules } from './policy/selector-rules.js';
import { nameOf } from './schema.js';

/** The one policy over every object that Keelson emits. */
export const policyRules: readonly Rule[] = [
  ...podRules,
  ...containerRules,
  ...objectRules,
  ...namespaceRules,
  ...selectorRules,
  ...availabilityRules,
];

/**
 * What the policy finds, as `rule: object: what to do`; nothing where all is well.
 *
 * @param objects everything that one cluster gets: its cluster stack and all of its environments, as guards of a
 * namespace stand in the one and workloads in the others
 */
export function policyProblems(
  objects: readonly KubeObject[],
  ignores: readonly Ignore[] = IGNORES,
): string[] {
  const ignored = new Set(ignores.map(({ rule, object }) => `${rule}: ${object}`));
  const set = objectSet(objects);
  return policyRules.flatMap(({ name, check }) =>
    check(set)
      .map(({ object, message }) => ({ key: `${name}: ${nameOf(object)}`, message }))
      .filter(({ key }) => !ignored.has(key))
      .map(({ key, message }) => `${key}: ${message}`),
  );
}
