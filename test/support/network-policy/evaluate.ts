import { BlockList, isIPv6 } from 'node:net';
import type {
  IPBlock,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from 'kubernetes-types/networking/v1';
import type { KubeObject } from '../../../lib/kube/object.js';
import { matches } from '../policy/selector.js';
import type { Connection, Party, Pod } from './party.js';

type Direction = 'Ingress' | 'Egress';

/**
 * Whether network policies let a connection through: both what its source may send and what its destination may get.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function allows(objects: readonly KubeObject[], connection: Connection): boolean {
  const { from, to } = connection;
  return lets(objects, 'Egress', from, to, connection) && lets(objects, 'Ingress', to, from, connection);
}

/** Whether one end's policies do. Who no policy selects for a direction is not isolated in it. */
function lets(
  objects: readonly KubeObject[],
  direction: Direction,
  self: Party,
  other: Party,
  connection: Connection,
): boolean {
  if (self.kind !== 'pod') return true;
  const policies = objects.filter((object) => selects(object, direction, self));
  return (
    policies.length === 0 ||
    policies.some(({ metadata, spec }) =>
      rules(spec as NetworkPolicySpec, direction).some(
        ({ peers, ports }) =>
          isAbsentOrSome(peers, (peer) => isPeer(peer, other, metadata.namespace)) &&
          isAbsentOrSome(ports, (port) => isPort(port, connection)),
      ),
    )
  );
}

function selects({ kind, metadata, spec }: KubeObject, direction: Direction, pod: Pod): boolean {
  if (kind !== 'NetworkPolicy' || metadata.namespace !== pod.namespace) return false;
  const { podSelector, policyTypes, egress = [] } = spec as NetworkPolicySpec;
  const types = policyTypes ?? ['Ingress', ...(egress.length > 0 ? ['Egress'] : [])];
  return types.includes(direction) && matches(podSelector, pod.labels);
}

interface Rule {
  readonly peers?: readonly NetworkPolicyPeer[];
  readonly ports?: readonly NetworkPolicyPort[];
}

const rules = ({ ingress = [], egress = [] }: NetworkPolicySpec, direction: Direction): Rule[] =>
  direction === 'Ingress'
    ? ingress.map(({ from, ports }: NetworkPolicyIngressRule) => ({ peers: from, ports }))
    : egress.map(({ to, ports }: NetworkPolicyEgressRule) => ({ peers: to, ports }));

/** A rule without peers, or without ports, is one for all of them; so is one whose list is empty. */
const isAbsentOrSome = <T>(list: readonly T[] | undefined, holds: (item: T) => boolean): boolean =>
  list === undefined || list.length === 0 || list.some(holds);

function isPeer(
  { ipBlock, namespaceSelector, podSelector }: NetworkPolicyPeer,
  party: Party,
  namespace: string | undefined,
): boolean {
  if (ipBlock) return isInBlock(ipBlock, party.address);
  if (party.kind !== 'pod') return false;
  const there = namespaceSelector
    ? matches(namespaceSelector, party.namespaceLabels)
    : party.namespace === namespace;
  return there && (!podSelector || matches(podSelector, party.labels));
}

function isInBlock({ cidr, except = [] }: IPBlock, address: string): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  const contains = (range: string): boolean => {
    const [network = '', prefix] = range.split('/');
    if (isIPv6(network) !== isIPv6(address)) return false;
    const list = new BlockList();
    list.addSubnet(network, Number(prefix), family);
    return list.check(address, family);
  };
  return contains(cidr) && !except.some(contains);
}

/** A port's name is looked up in the destination, so an address has none. */
function isPort(
  { port, endPort, protocol = 'TCP' }: NetworkPolicyPort,
  { to, ...connection }: Connection,
): boolean {
  if (protocol !== connection.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return port <= connection.port && connection.port <= (endPort ?? port);
  return (
    to.kind === 'pod' &&
    to.ports.some(
      (named) =>
        named.name === port &&
        (named.protocol ?? 'TCP') === protocol &&
        named.containerPort === connection.port,
    )
  );
}
