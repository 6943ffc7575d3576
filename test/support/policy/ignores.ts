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
];
