import type { LabelSelector } from 'kubernetes-types/meta/v1';
import type { NetworkPolicyPeer, NetworkPolicyPort } from 'kubernetes-types/networking/v1';
import { NAME } from '../kube/labels.js';
import type { KubeObject } from '../kube/object.js';
import { contains, overlaps } from './address-range.js';
import { canonical, type Fields, fieldsAt, listAt, textsAt } from './json.js';

export type Direction = 'Ingress' | 'Egress';

/** One thing that a policy allows; what is absent is not restricted. */
export interface Access {
  readonly peer?: NetworkPolicyPeer;
  readonly port?: NetworkPolicyPort;
}

/** Whether a policy isolates these pods for a direction, so that only what policies allow gets through. */
export function isolates(policy: KubeObject, labels: Fields, direction: Direction): boolean {
  const types = textsAt(policy, 'spec', 'policyTypes');
  const isTyped =
    types.length > 0
      ? types.includes(direction)
      : direction === 'Ingress' || listAt(policy, 'spec', 'egress').length > 0;
  return isTyped && selects(fieldsAt(policy, 'spec', 'podSelector'), labels);
}

/** What a policy allows in a direction. */
export const accessOf = (policy: KubeObject, direction: Direction): Access[] =>
  listAt(policy, 'spec', direction.toLowerCase()).flatMap((rule) => {
    const peers = listAt(rule, direction === 'Ingress' ? 'from' : 'to') as readonly NetworkPolicyPeer[];
    const ports = listAt(rule, 'ports') as readonly NetworkPolicyPort[];
    return orOne(peers).flatMap((peer) => orOne(ports).map((port) => ({ peer, port })));
  });

const orOne = <T>(items: readonly T[]): readonly (T | undefined)[] =>
  items.length > 0 ? items : [undefined];

/** Whether everything that `narrow` allows is allowed by `wide` too, as far as one rule alone tells. */
export const covers = (wide: Access, narrow: Access): boolean =>
  coversPeer(wide.peer, narrow.peer) && coversPort(wide.port, narrow.port);

function coversPeer(wide: NetworkPolicyPeer | undefined, narrow: NetworkPolicyPeer | undefined): boolean {
  if (!wide || !narrow) return !wide;
  if (wide.ipBlock || narrow.ipBlock) {
    const [outer, inner] = [wide.ipBlock, narrow.ipBlock];
    if (!outer || !inner || !contains(outer.cidr, inner.cidr)) return false;
    return (outer.except ?? []).every(
      (hole) => !overlaps(hole, inner.cidr) || (inner.except ?? []).some((other) => contains(other, hole)),
    );
  }
  if ((wide.namespaceSelector === undefined) !== (narrow.namespaceSelector === undefined)) return false;
  return (
    coversSelector(wide.namespaceSelector, narrow.namespaceSelector) &&
    coversSelector(wide.podSelector, narrow.podSelector)
  );
}

/** A selector that asks for more selects less. */
function coversSelector(wide: LabelSelector = {}, narrow: LabelSelector = {}): boolean {
  const asked = new Set(narrow.matchExpressions?.map(canonical));
  return (
    Object.entries(wide.matchLabels ?? {}).every(([name, value]) => narrow.matchLabels?.[name] === value) &&
    (wide.matchExpressions ?? []).every((expression) => asked.has(canonical(expression)))
  );
}

function coversPort(wide: NetworkPolicyPort | undefined, narrow: NetworkPolicyPort | undefined): boolean {
  if (!wide || !narrow) return !wide;
  if ((wide.protocol ?? 'TCP') !== (narrow.protocol ?? 'TCP')) return false;
  if (wide.port === undefined || wide.port === narrow.port)
    return (narrow.endPort ?? 0) <= (wide.endPort ?? narrow.endPort ?? 0);
  return (
    typeof wide.port === 'number' &&
    typeof narrow.port === 'number' &&
    wide.port <= narrow.port &&
    (narrow.endPort ?? narrow.port) <= (wide.endPort ?? wide.port)
  );
}

/** Whether a selector selects pods with these labels. */
function selects(selector: Fields, labels: Fields): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector as LabelSelector;
  return (
    Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (operator === 'In') === values.includes(`${value}`);
    })
  );
}

/** For a sentence: `anywhere`, `10.0.0.0/8 on port 443`, `api on port 8080`. */
export const describe = ({ peer, port }: Access): string =>
  `${peer ? describePeer(peer) : 'anywhere'}${port?.port === undefined ? '' : ` on port ${port.port}`}`;

function describePeer({ ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer): string {
  if (ipBlock) return ipBlock.cidr;
  const pods = describeSelector(podSelector) || 'every pod';
  if (!namespaceSelector) return pods;
  return `${pods} in ${describeSelector(namespaceSelector) || 'every namespace'}`;
}

function describeSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  const labels = Object.entries(matchLabels).map(([name, value]) =>
    name === NAME || name === 'kubernetes.io/metadata.name' ? value : `${name}=${value}`,
  );
  return [
    ...labels,
    ...matchExpressions.map(({ key, operator, values = [] }) => `${key} ${operator} ${values.join()}`),
  ].join(', ');
}
