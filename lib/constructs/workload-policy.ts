import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
} from 'kubernetes-types/networking/v1';
import { apiObject } from '../kube/api-object.js';
import type { Endpoint, NetworkPeer } from '../kube/endpoint.js';
import { NAME } from '../kube/labels.js';

/** Addresses that "the internet" leaves out: private ranges, this host, and the cloud's metadata service. */
const NOT_INTERNET = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
];
const NOT_INTERNET_IPV6 = ['::1/128', 'fc00::/7', 'fe80::/10'];

/** Who may connect to which ports. */
export interface WayIn {
  readonly peers: readonly NetworkPeer[];
  readonly ports: readonly number[];
}

export interface WorkloadPolicyProps {
  /** The workload's name: selects its pods and names the policy. */
  readonly name: string;
  readonly namespace: string | undefined;
  /** Who may connect, read when the whole tree stands. */
  readonly from: () => readonly WayIn[];
  /** What the workload connects to, read when the whole tree stands. */
  readonly to: () => readonly Pick<Endpoint, 'peer' | 'ports'>[];
}

/** Opens exactly the paths of one workload in a namespace that denies everything else. */
export class WorkloadPolicy extends Construct {
  constructor(scope: Construct, id: string, { name, namespace, from, to }: WorkloadPolicyProps) {
    super(scope, id);
    apiObject<NetworkPolicy>(this, 'policy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name },
      spec: {
        podSelector: { matchLabels: { [NAME]: name } },
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({
          produce: (): NetworkPolicyIngressRule[] =>
            from()
              .map(({ peers, ports }) => ({
                from: peers.flatMap((peer) => networkPolicyPeers(peer, namespace)),
                ports: tcp(ports),
              }))
              .filter(({ from, ports }) => saysSomething(from, ports)),
        }),
        egress: Lazy.any({
          produce: (): NetworkPolicyEgressRule[] =>
            to()
              .map(({ peer, ports }) => ({ to: networkPolicyPeers(peer, namespace), ports: tcp(ports) }))
              .filter(({ to, ports }) => saysSomething(to, ports)),
        }),
      },
    });
  }
}

/** Kubernetes takes an empty list for everybody or every port: such a rule would open what nobody declared. */
const saysSomething = (...lists: readonly (readonly unknown[])[]): boolean =>
  lists.every(({ length }) => length > 0);

const tcp = (ports: readonly number[]) => ports.map((port) => ({ protocol: 'TCP' as const, port }));

function networkPolicyPeers(peer: NetworkPeer, namespace: string | undefined): NetworkPolicyPeer[] {
  if (peer.kind === 'addresses') return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  if (peer.kind === 'internet')
    return [
      { ipBlock: { cidr: '0.0.0.0/0', except: NOT_INTERNET } },
      { ipBlock: { cidr: '::/0', except: NOT_INTERNET_IPV6 } },
    ];
  return [
    {
      ...(peer.namespace !== undefined &&
        peer.namespace !== namespace && {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': peer.namespace } },
        }),
      podSelector: { matchLabels: { [NAME]: peer.name } },
    },
  ];
}
