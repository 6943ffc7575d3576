/** The namespace of all identities. No pod may run in it, so none can take a token of theirs. */
export const ACCESS_NAMESPACE = 'access';

/** Which identity: the one that deploys an environment, or a person's. */
export type Identity = { readonly environment: string } | { readonly person: string };

/** Name of the ServiceAccount that an identity is. */
export const accountOf = (identity: Identity): string =>
  'person' in identity ? `person-${identity.person}` : `deploy-${identity.environment}`;

/** What {@link accountOf} made the name of. */
export function identityOf(account: string): Identity | undefined {
  const [, kind, name = ''] = /^(person|deploy)-(.+)$/.exec(account) ?? [];
  if (kind === undefined) return undefined;
  return kind === 'person' ? { person: name } : { environment: name };
}

/** The group that Kubernetes puts every account of the namespace into. */
export const ACCESS_GROUP = `system:serviceaccounts:${ACCESS_NAMESPACE}`;
