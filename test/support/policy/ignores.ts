/** A finding that is known and accepted. */
export interface Ignore {
  readonly rule: string;
  /** The object as problems name it: `Deployment lunch/web`. */
  readonly object: string;
  readonly reason: string;
}

/** What the policy overlooks. Every entry must still be needed: test/policy.test.ts says when one is not. */
export const IGNORES: readonly Ignore[] = [
  {
    rule: 'probes',
    object: 'Deployment cert-manager/cert-manager',
    reason:
      'the chart has no readiness probe for the controller: no Service sends it requests, only metrics are read',
  },
  {
    rule: 'probes',
    object: 'Deployment cert-manager/cert-manager-cainjector',
    reason:
      'the chart has no probes for the CA injector: it answers no requests and ends by itself when it loses its lease',
  },
  ...['host', 'privilege', 'capabilities', 'run-as-non-root', 'user-id', 'read-only-root'].map((rule) => ({
    rule,
    object: 'DaemonSet block-storage/block-storage-node',
    reason:
      'it mounts volumes for kubelet, as root in a privileged container, and asks which droplet it is on',
  })),
  {
    rule: 'host',
    object: 'Deployment block-storage/block-storage-controller',
    reason: 'the driver asks the metadata service, which the guard of the machines keeps pods from',
  },
  {
    rule: 'pod-security',
    object: 'Namespace block-storage',
    reason: 'no other level admits pods that mount for the machine; it holds the driver and nothing else',
  },
];
