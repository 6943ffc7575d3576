import { ACCESS_GROUP, identityOf } from '../lib/kube/identity.js';

const FORBIDDEN =
  /User "([^"]+)" cannot (\w+) resource "([^"]+)" in API group "([^"]*)"(?: in the namespace "([^"]+)"| at the cluster scope)/;
const ACCOUNT = new RegExp(`^${ACCESS_GROUP.replace('serviceaccounts', 'serviceaccount')}:(.+)$`);

/**
 * What the API server's "forbidden" means to a person who deploys, and the way on; undefined for any other message.
 */
export function explainForbidden(message: string): string | undefined {
  const [, user = '', verb, resource, group, namespace] = FORBIDDEN.exec(message) ?? [];
  if (verb === undefined) return undefined;
  const account = ACCOUNT.exec(user)?.[1];
  const identity = account === undefined ? undefined : identityOf(account);
  const kind = group ? `${resource}.${group}` : resource;
  const what = `${account ?? user} may not ${verb} ${kind} ${namespace === undefined ? 'of the cluster' : `in the namespace ${namespace}`}`;
  if (identity === undefined) return `${what}; use a kubeconfig that may`;
  const own = 'environment' in identity && identity.environment === namespace;
  return own
    ? `${what}: no identity that deploys may. It belongs to the cluster's stack; or, where the application has such objects, add "${kind}" to its cluster's "deployable" and bring the cluster's stack up`
    : `${what}: it reaches ${'environment' in identity ? `the environment ${identity.environment} and nothing else` : 'what the application gives that person'}. Take the kubeconfig of the right identity, or an administrator's for the cluster's own stack`;
}
