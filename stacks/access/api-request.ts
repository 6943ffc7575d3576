import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
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

type Fields = Readonly<Record<string, unknown>>;

interface Content {
  readonly clusters: readonly [{ readonly cluster: Fields }];
  readonly users: readonly [{ readonly user: Fields }];
}

type Method = 'GET' | 'POST' | 'DELETE';

/** An answer, and in how many seconds the server wants to be asked again. */
interface Reply extends ApiAnswer {
  readonly retryAfter?: number;
}

/** Milliseconds after which a request counts as failed. */
const TIMEOUT = 30_000;
/**
 * How often a request is sent that the server puts off: it does so under load, and for up to half a minute for a kind
 * whose definition is new. client-go asks ten times again.
 */
const TRIES = 40;
/** Seconds between tries, at most. */
const LONGEST_WAIT = 10;

/**
 * Asks an API server, as the kubeconfig says, and again for as long as it says that it will answer later.
 *
 * @throws KeelsonError where it does not answer, or nobody can log in that way
 */
export async function apiRequest(
  kubeconfig: ReducedKubeconfig,
  method: Method,
  path: string,
  options: ApiRequestOptions = {},
): Promise<ApiAnswer> {
  const { clusters, users } = JSON.parse(kubeconfig.content) as Content;
  const { cluster } = clusters[0];
  const user = await execCredential(users[0].user, options.signal);
  for (let attempt = 1; ; attempt++) {
    const { retryAfter, ...answer } = await askOnce({ cluster, user }, method, path, options);
    if (answer.status !== 429 || retryAfter === undefined || attempt >= TRIES) return answer;
    await sleep(Math.min(retryAfter, LONGEST_WAIT) * 1000, undefined, { signal: options.signal });
  }
}

function askOnce(
  { cluster, user }: { readonly cluster: Fields; readonly user: Fields },
  method: Method,
  path: string,
  { body, signal }: ApiRequestOptions,
): Promise<Reply> {
  const { server } = cluster;
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
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
          .once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: parsed(text),
              retryAfter: secondsOf(response.headers['retry-after']),
            }),
          )
          .once('error', reject);
      },
    );
    outgoing.once('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT / 1000} s`)));
    outgoing.once('error', (error: Error & { code?: string }) => reject(unanswered(server, error))).end(sent);
  });
}

/** A server may name a date in place of seconds, which no API server of Kubernetes does. */
const secondsOf = (header: string | undefined): number | undefined => Number(header) || undefined;

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
