import { KeelsonError } from '../../lib/config/problem.js';
import { ACCESS_NAMESPACE, accountOf, type Identity } from '../../lib/kube/identity.js';
import type { ReducedKubeconfig } from '../kubeconfig-file.js';
import { type ApiAnswer, apiRequest } from './api-request.js';

/** An administrator's access and the identity that is dealt with. */
export interface IdentityOptions {
  /** Of an administrator, by `readKubeconfig`. */
  readonly admin: ReducedKubeconfig;
  readonly identity: Identity;
  readonly signal?: AbortSignal;
}

export interface IssueOptions extends IdentityOptions {
  /** Each becomes a context of its name; the first one is the current one. */
  readonly namespaces: readonly string[];
  /** How long it is good for. @default 12 */
  readonly hours?: number;
  /** Address of the API as its reader reaches it. @default the administrator's */
  readonly server?: string;
}

export interface IssuedKubeconfig {
  /** JSON, which is YAML as well; a secret. */
  readonly content: string;
  /** As the API server says: it may allow less than was asked for. */
  readonly expires: Date;
}

const ACCOUNTS = `/api/v1/namespaces/${ACCESS_NAMESPACE}/serviceaccounts`;

/**
 * A kubeconfig that may do what its identity may, until it expires or is revoked.
 *
 * @throws KeelsonError where the cluster does not have the identity, or the access given is no administrator's.
 */
export async function issueKubeconfig(options: IssueOptions): Promise<IssuedKubeconfig> {
  const { admin, identity, namespaces, hours = 12, server, signal } = options;
  const account = accountOf(identity);
  const answer = await apiRequest(admin, 'POST', `${ACCOUNTS}/${account}/token`, {
    signal,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: hours * 3600 },
    },
  });
  if (answer.status !== 201) throw refused(account, answer);
  const { token, expirationTimestamp } = answer.body.status as { token: string; expirationTimestamp: string };
  const [{ name, cluster }] = (
    JSON.parse(admin.content) as { clusters: readonly [{ name: string; cluster: object }] }
  ).clusters;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { ...cluster, ...(server !== undefined && { server }) } }],
    users: [{ name: account, user: { token } }],
    contexts: namespaces.map((namespace) => ({
      name: namespace,
      context: { cluster: name, user: account, namespace },
    })),
    'current-context': namespaces[0],
  };
  return { content: `${JSON.stringify(config, undefined, 2)}\n`, expires: new Date(expirationTimestamp) };
}

/**
 * Ends every kubeconfig that an identity was given: its account is made anew, and a token is good for the very account
 * that it was made for. The API server remembers a token for some seconds more.
 *
 * @throws KeelsonError where the cluster does not have the identity, or the access given is no administrator's.
 */
export async function revokeKubeconfigs({ admin, identity, signal }: IdentityOptions): Promise<void> {
  const account = accountOf(identity);
  const ask = async (...request: Parameters<typeof apiRequest>) => {
    const answer = await apiRequest(...request);
    if (answer.status >= 300) throw refused(account, answer);
    return answer.body;
  };
  const old = await ask(admin, 'GET', `${ACCOUNTS}/${account}`, { signal });
  const { uid, labels, annotations } = old.metadata as Record<'uid' | 'labels' | 'annotations', unknown>;
  await ask(admin, 'DELETE', `${ACCOUNTS}/${account}`, { body: { preconditions: { uid } }, signal });
  // Not broken off any more: without the account nobody could be given a new kubeconfig.
  await ask(admin, 'POST', `${ACCOUNTS}?fieldManager=keelson`, {
    body: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account, namespace: ACCESS_NAMESPACE, labels, annotations },
      automountServiceAccountToken: false,
    },
  });
}

function refused(account: string, { status, body }: ApiAnswer): KeelsonError {
  const advice: Readonly<Record<number, string>> = {
    401: 'the kubeconfig given is not known to the cluster, or has expired; name the one of an administrator',
    403: 'the kubeconfig given may not do that; name the one of an administrator',
    404: "is not in the cluster; bring the cluster's stack up first, which makes it (where it is in the state already: pulumi refresh, then up)",
  };
  return new KeelsonError('The cluster', [
    { where: account, message: advice[status] ?? `was refused (${status}): ${body.message}` },
  ]);
}
