/** The ClusterIssuers that every cluster has; one of them signs an environment's certificates. */
export const ISSUERS = ['self-signed', 'letsencrypt-staging', 'letsencrypt-production'] as const;
export type IssuerName = (typeof ISSUERS)[number];
