import type { NetworkPeer } from './endpoint.js';

/** The traefik that k3s brings: its class, and where its pods are. */
export const TRAEFIK = {
  className: 'traefik',
  peer: { kind: 'pods', name: 'traefik', namespace: 'kube-system' },
} as const satisfies { className: string; peer: NetworkPeer };
