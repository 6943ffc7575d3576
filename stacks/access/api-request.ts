import { request } from 'node:https';
import { KeelsonError } from '../../lib/config/problem.js';
import type { ReducedKubeconfig } from '../kubeconfig-file.js';
import { execCredential } from './exec-credential.js';

export interface ApiAnswer {
  readonly status: number;
  /** The object, or what the server says of the failure. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ApiRequestOptions {
  readonly body?: object;
  readonly signal?: AbortSignal;
}

interface Content {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, unknown>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, unknown>> }];
}

/** Milliseconds after which a request counts as failed. */
const TIMEOUT = 30_000;

/**
 * Asks an API server once, as the kubeconfig says.
 *
 * @throws KeelsonError where it does not answer, or nobody can log in that way
 */
export async function apiRequest(
  kubeconfig: ReducedKubeconfig,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, signal }: ApiRequestOptions = {},
): Promise<ApiAnswer> {
  const { clusters, users } = JSON.parse(kubeconfig.content) as Content;
  const { server, ...cluster } = clusters[0].cluster;
  const user = await execCredential(users[0].user, signal);
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return await new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, `${server}`),
      {
        method,
        // No kept connections: the process is to end when its work has ended.
        agent: false,
        timeout: TIMEOUT,
        ...(signal && { signal }),
        ca: pem(cluster['certificate-authority-data']),
        cert: pem(user['client-certificate-data']),
        key: pem(user['client-key-data']),
        rejectUnauthorized: cluster['insecure-skip-tls-verify'] !== true,
        ...(typeof cluster['tls-server-name'] === 'string' && { servername: cluster['tls-server-name'] }),
        headers: {
          accept: 'application/json',
          ...(sent !== undefined && { 'content-type': 'application/json' }),
          ...(typeof user.token === 'string' && { authorization: `Bearer ${user.token}` }),
        },
      },
      (response) => {
        let text = '';
        response
          .setEncoding('utf8')
          .on('data', (chunk: string) => {
            text += chunk;
          })
          .once('end', () => resolve({ status: response.statusCode ?? 0, body: parsed(text) }))
          .once('error', reject);
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    outgoing.once('error', (error: Error & { code?: string }) => reject(unanswered(server, error))).end(sent);
  });
}

const pem = (data: unknown): Buffer | undefined =>
  typeof data === 'string' ? Buffer.from(data, 'base64') : undefined;

function parsed(text: string): ApiAnswer['body'] {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.trim().slice(0, 200) };
  }
}

const unanswered = (server: unknown, { code, message }: Error & { code?: string }): KeelsonError =>
  new KeelsonError('The cluster', [
    {
      where: `${server}`,
      message: `does not answer (${code ?? message}); start it, open the forward that leads to it, or name another kubeconfig`,
    },
  ]);
