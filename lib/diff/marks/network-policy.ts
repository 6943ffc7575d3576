import type { KubeObject } from '../../kube/object.js';
import type { Rule } from '../mark.js';
import { type Access, accessOf, covers, type Direction, describe, isolates } from '../network-access.js';
import { identityOf } from '../object-change.js';
import { type Pods, podsOf } from '../pods.js';
import { renamed } from '../rename.js';
import type { Surroundings } from '../world.js';

const DIRECTIONS: readonly (readonly [Direction, verb: string])[] = [
  ['Ingress', 'can be reached from'],
  ['Egress', 'can reach'],
];

const EVERYTHING: Access = {};

/**
 * Pods that can be reached from, or can reach, what they could not before. Policies add up, so that each is seen with
 * all others that select the same pods. New pods are judged by what comes in from outside the cluster alone: what else
 * they need, they were made for.
 */
export const OPENED_WIDER: Rule = ({ before, after }, world) => {
  if ((after ?? before)?.kind !== 'NetworkPolicy') return [];
  const namespace = (after ?? before)?.metadata.namespace;
  const renames = world.renames.filter((one) => one.namespace === namespace);
  // A new name alone opens nothing.
  const rename = (object: KubeObject) => renames.reduce((so, { from, to }) => renamed(so, from, to), object);
  const old = sideOf(world.before, namespace, rename);
  const now = sideOf(world.after, namespace, (object) => object);
  return DIRECTIONS.flatMap(([direction, verb]) =>
    now.pods.flatMap(({ identity, name, labels }) => {
      const was = old.pods.find((other) => other.identity === identity);
      const allowedBefore = was ? allowed(old.policies, was.labels, direction) : undefined;
      const opened = openedBy(
        { before: before && rename(before), after },
        labels,
        was?.labels,
        direction,
        now.policies,
      ).filter((access) =>
        allowedBefore
          ? !allowedBefore.some((one) => covers(one, access))
          : direction === 'Ingress' && isFromOutside(access),
      );
      return opened.map((access) => `${name} ${verb} ${describe(access)}`);
    }),
  );
};

/** What pods are allowed after the change that has to do with this policy. */
function openedBy(
  { before, after }: { readonly before?: KubeObject; readonly after?: KubeObject },
  labels: Pods['labels'],
  oldLabels: Pods['labels'] | undefined,
  direction: Direction,
  policies: readonly KubeObject[],
): Access[] {
  if (after && isolates(after, labels, direction)) return accessOf(after, direction);
  const wasIsolated =
    before !== undefined && oldLabels !== undefined && isolates(before, oldLabels, direction);
  return wasIsolated ? allowed(policies, labels, direction).filter((access) => access === EVERYTHING) : [];
}

function allowed(policies: readonly KubeObject[], labels: Pods['labels'], direction: Direction): Access[] {
  const isolating = policies.filter((policy) => isolates(policy, labels, direction));
  return isolating.length === 0 ? [EVERYTHING] : isolating.flatMap((policy) => accessOf(policy, direction));
}

const isFromOutside = ({ peer }: Access): boolean => peer === undefined || peer.ipBlock !== undefined;

/** Policies and pods of a namespace. */
function sideOf(
  { objects }: Surroundings,
  namespace: string | undefined,
  rename: (object: KubeObject) => KubeObject,
) {
  const near = objects.filter(({ metadata }) => metadata.namespace === namespace);
  return {
    policies: near.filter(({ kind }) => kind === 'NetworkPolicy').map(rename),
    pods: near
      .filter((object) => podsOf(object).length > 0)
      .map(rename)
      .flatMap((object) =>
        podsOf(object).map(({ labels }) => ({
          identity: identityOf(object),
          name: object.metadata.name,
          labels,
        })),
      ),
  };
}
