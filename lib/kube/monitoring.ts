import type { NetworkPeer } from './endpoint.js';

/** The Prometheus that scrapes what declares metrics. */
export const MONITORING = {
  peer: { kind: 'pods', name: 'prometheus', namespace: 'monitoring' },
} as const satisfies { peer: NetworkPeer };
