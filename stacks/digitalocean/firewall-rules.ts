import { EVERYBODY } from '../../lib/machine/network.js';

/** One rule for what comes in, as the SDK takes it. */
export interface InboundRule {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** `443` or `2379-2380`; none for ICMP. */
  readonly portRange?: string;
  readonly sourceAddresses?: string[];
  readonly sourceTags?: string[];
}

/**
 * Ports between the machines of a cluster: the API and the supervisor, etcd, the kubelet, the embedded registry mirror,
 * and the pods' network (VXLAN, or WireGuard).
 *
 * @see https://docs.k3s.io/installation/requirements#inbound-rules-for-k3s-nodes
 */
const BETWEEN_MACHINES: readonly Omit<InboundRule, 'sourceTags'>[] = [
  { protocol: 'tcp', portRange: '6443' },
  { protocol: 'tcp', portRange: '2379-2380' },
  { protocol: 'tcp', portRange: '10250' },
  { protocol: 'tcp', portRange: '5001' },
  { protocol: 'udp', portRange: '8472' },
  { protocol: 'udp', portRange: '51820' },
  { protocol: 'icmp' },
];

/**
 * What reaches a machine: the web from everywhere, SSH from the operators, the cluster's own ports from machines with
 * the same tag. The API server is reached through SSH, never from outside.
 */
export const inboundRules = (tag: string, operatorCidrs: readonly string[]): InboundRule[] => [
  ...['80', '443'].map(
    (portRange): InboundRule => ({ protocol: 'tcp', portRange, sourceAddresses: [...EVERYBODY] }),
  ),
  { protocol: 'tcp', portRange: '22', sourceAddresses: [...operatorCidrs] },
  ...BETWEEN_MACHINES.map((rule) => ({ ...rule, sourceTags: [tag] })),
];

/** Everything that goes out. */
export const outboundRules = () => [
  ...(['tcp', 'udp'] as const).map((protocol) => ({
    protocol,
    portRange: '1-65535',
    destinationAddresses: [...EVERYBODY],
  })),
  { protocol: 'icmp', destinationAddresses: [...EVERYBODY] },
];
