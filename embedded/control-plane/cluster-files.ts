import { existsSync } from 'node:fs';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issue, type KeyPair, newAuthority, newKeys } from './pki.js';
import { stages } from './stages.js';

/** Name of the one context in the kubeconfig. */
export const CONTEXT = 'keelson-embedded';

/** Address that the API server has inside of the cluster: the first of the service range, which is k3s' own. */
export const SERVICE_RANGE = '10.43.0.0/16';
const SERVICE_ADDRESS = '10.43.0.1';

const SERVER_HOSTS = [
  'localhost',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
  '127.0.0.1',
  SERVICE_ADDRESS,
];

/** Who talks to the API server, and as whom: `system:masters` may do everything, the others what Kubernetes grants them. */
const CLIENTS = {
  admin: { commonName: 'keelson:admin', organization: 'system:masters' },
  'controller-manager': { commonName: 'system:kube-controller-manager' },
  scheduler: { commonName: 'system:kube-scheduler' },
  kwok: { commonName: 'keelson:kwok', organization: 'system:masters' },
} as const;

export type Client = keyof typeof CLIENTS;

/** The administrator's file comes last: its presence says that all of them are there. */
const CLIENT_NAMES: readonly Client[] = ['controller-manager', 'scheduler', 'kwok', 'admin'];

/** Paths of what a cluster keeps below its directory. */
export const clusterFiles = (directory: string) => ({
  kubeconfig: join(directory, 'kubeconfig'),
  record: join(directory, 'cluster.json'),
  etcdData: join(directory, 'etcd'),
  stages: join(directory, 'stages.yaml'),
  pki: (name: string) => join(directory, 'pki', name),
  clientConfig: (client: Client) =>
    join(directory, client === 'admin' ? 'kubeconfig' : `pki/${client}.kubeconfig`),
  log: (name: string) => join(directory, 'logs', `${name}.log`),
});

/** Writes a file that only its owner can read and that is never seen half-written. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const partial = `${path}.partial-${process.pid}`;
  await writeFile(partial, text, { mode: 0o600 });
  await rename(partial, path);
}

/**
 * Makes the cluster's certificates and kubeconfigs, once. etcd has an authority of its own: the cluster's signs
 * certificates for whom its users approve, and none of these may open the store.
 */
export async function writeClusterFiles(directory: string, server: string): Promise<void> {
  const files = clusterFiles(directory);
  await mkdir(files.pki(''), { recursive: true, mode: 0o700 });
  // A directory that somebody made before could be open to others.
  await chmod(directory, 0o700);
  // Each time: a cluster may have been made by an older version.
  await writePrivately(files.stages, stages());
  if (existsSync(files.kubeconfig)) return;
  // One key for all certificates: they belong to one user and lie in one folder, and each key takes a noticeable time.
  const [authority, storeAuthority, accounts, keys] = await Promise.all([
    newAuthority('keelson cluster'),
    newAuthority('keelson etcd'),
    newKeys(),
    newKeys(),
  ]);
  const loopback = ['localhost', '127.0.0.1'];
  const apiserver = issue(authority, keys, { commonName: 'kube-apiserver', hosts: SERVER_HOSTS });
  const store = issue(storeAuthority, keys, { commonName: 'etcd', hosts: loopback });
  const storeClient = issue(storeAuthority, keys, { commonName: 'kube-apiserver' });
  const pairs: Record<string, KeyPair> = {
    ca: authority,
    apiserver,
    etcd: store,
    'etcd-client': storeClient,
  };
  for (const [name, { key, certificate }] of Object.entries(pairs)) {
    await writePrivately(files.pki(`${name}.key`), key);
    await writePrivately(files.pki(`${name}.crt`), certificate);
  }
  await writePrivately(files.pki('etcd-ca.crt'), storeAuthority.certificate);
  await writePrivately(files.pki('accounts.key'), accounts.privateKey);
  await writePrivately(files.pki('accounts.pub'), accounts.publicKey);
  for (const client of CLIENT_NAMES) {
    const pair = issue(authority, keys, CLIENTS[client]);
    await writePrivately(files.clientConfig(client), kubeconfig(server, authority.certificate, pair));
  }
}

/** What a client needs to talk to `server`. JSON, which every reader of YAML takes. */
export function kubeconfig(server: string, authority: string, { key, certificate }: KeyPair): string {
  const data = (pem: string) => Buffer.from(pem).toString('base64');
  const cluster = { server, 'certificate-authority-data': data(authority) };
  const user = { 'client-certificate-data': data(certificate), 'client-key-data': data(key) };
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: CONTEXT, cluster }],
    users: [{ name: CONTEXT, user }],
    contexts: [{ name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT } }],
    'current-context': CONTEXT,
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}
