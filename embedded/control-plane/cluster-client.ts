import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { clusterFiles } from './cluster-files.js';

interface Kubeconfig {
  readonly clusters: readonly [{ cluster: { server: string; 'certificate-authority-data': string } }];
  readonly users: readonly [{ user: { 'client-certificate-data': string; 'client-key-data': string } }];
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Asks the API server as the cluster's administrator. */
export type ClusterClient = (path: string, options?: { method?: string; body?: unknown }) => Promise<Answer>;

/** Milliseconds after which a request counts as failed. */
const TIMEOUT = 5_000;

/** @throws where the cluster has no kubeconfig of ours */
export async function clusterClient(directory: string): Promise<ClusterClient> {
  const content = JSON.parse(await readFile(clusterFiles(directory).kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }] = content.clusters;
  const [{ user }] = content.users;
  const pem = (base64: string) => Buffer.from(base64, 'base64');
  const credentials = {
    ca: pem(cluster['certificate-authority-data']),
    cert: pem(user['client-certificate-data']),
    key: pem(user['client-key-data']),
  };
  return (path, { method = 'GET', body } = {}) =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      // No kept connections: this process is to end when its work has ended.
      const options = { ...credentials, method, headers, timeout: TIMEOUT, agent: false };
      const outgoing = request(`${cluster.server}${path}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response
          .once('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
          .once('error', reject);
      });
      outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
      outgoing.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
}
