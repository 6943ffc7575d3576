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

/** A protocol and a number, asked of a pair of parties. */
type Port = Pick<Connection, 'protocol' | 'port'>;

/**
 * Whether network policies let a connection through: both what its source may send and what its destination may get.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export const allows = (objects: readonly KubeObject[], { from, to, ...port }: Connection): boolean =>
  portsBetween(objects, from, to)(port);

/** Which ports network policies leave open between two parties. */
export function portsBetween(
  objects: readonly KubeObject[],
  from: Party,
  to: Party,
): (port: Port) => boolean {
  const sent = lets(objects, 'Egress', from, to, to);
  const got = lets(objects, 'Ingress', to, from, to);
  return (port) => sent(port) && got(port);
}

/** What one end's policies leave open. Who no policy selects for a direction is not isolated in it. */
function lets(
  objects: readonly KubeObject[],
  direction: Direction,
  self: Party,
  other: Party,
  destination: Party,
): (port: Port) => boolean {
  if (self.kind !== 'pod') return () => true;
  const policies = objects.filter((object) => selects(object, direction, self));
  if (policies.length === 0) return () => true;
  const matching = policies.flatMap(({ metadata, spec }) =>
    rules(spec as NetworkPolicySpec, direction).filter(({ peers }) =>
      isAbsentOrSome(peers, (peer) => isPeer(peer, other, metadata.namespace)),
    ),
  );
  return (port) =>
    matching.some(({ ports }) => isAbsentOrSome(ports, (one) => isPort(one, port, destination)));
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

const isInBlock = ({ cidr, except = [] }: IPBlock, address: string): boolean =>
  isInRange(cidr, address) && !except.some((range) => isInRange(range, address));

const lists = new Map<string, BlockList>();

function isInRange(range: string, address: string): boolean {
  const [network = '', prefix] = range.split('/');
  if (isIPv6(network) !== isIPv6(address)) return false;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  let list = lists.get(range);
  if (!list) {
    list = new BlockList();
    list.addSubnet(network, Number(prefix), family);
    lists.set(range, list);
  }
  return list.check(address, family);
}

/** A port's name is looked up in the destination, so an address has none. */
function isPort(
  { port, endPort, protocol = 'TCP' }: NetworkPolicyPort,
  asked: Port,
  destination: Party,
): boolean {
  if (protocol !== asked.protocol) return false;
  if (port === undefined) return true;
  if (typeof port === 'number') return port <= asked.port && asked.port <= (endPort ?? port);
  return (
    destination.kind === 'pod' &&
    destination.ports.some(
      (named) =>
        named.name === port && (named.protocol ?? 'TCP') === protocol && named.containerPort === asked.port,
    )
  );
}
