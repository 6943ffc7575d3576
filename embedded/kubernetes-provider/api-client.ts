import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext } from 'node:tls';
import { ApiError, errorFromResponse, isApiError, messageOf } from './api-error.js';
import type { ApiAccess } from './kubeconfig.js';
import type { Properties } from './property-values.js';

export interface ApiRequest {
  readonly signal: AbortSignal;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Called with what the API server warns of: unknown fields, deprecated versions. */
  readonly onWarning?: (message: string) => void;
  /** Tries where the server does not answer, or asks to come again. @default 7, about 6 s */
  readonly tries?: number;
}

/** How long a short request may take before it is tried again. */
const answerMs = 60_000;

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: Properties;
}

/** A REST client for one API server with connections kept alive. */
export class ApiClient {
  readonly #server: string;
  readonly #token: string | undefined;
  readonly #agent: Agent;
  /** Watches stay open for minutes, so they must not use up the connections of short requests. */
  readonly #watchAgent: Agent;

  constructor(access: ApiAccess) {
    const { server, token, namespace: _, verify, servername, ...credentials } = access;
    this.#server = server;
    this.#token = token;
    // Once, and not for each connection: a deletion has one for its watch, and a quarter of its work was this.
    const secureContext = createSecureContext(credentials);
    const tls = { secureContext, servername, rejectUnauthorized: verify };
    this.#agent = new Agent({ ...tls, keepAlive: true, maxSockets: 32 });
    this.#watchAgent = new Agent(tls);
  }

  close(): void {
    this.#agent.destroy();
    this.#watchAgent.destroy();
  }

  /**
   * Sends a request until it is answered for good. A write that may have been done is not broken off by the signal:
   * an object whose making nobody heard of would be in the way of the next run.
   * @throws ApiError after the last try
   */
  async request(method: string, path: string, options: ApiRequest): Promise<Properties> {
    options.signal.throwIfAborted();
    const isRead = method === 'GET';
    let lost = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const signal = isRead ? options.signal : undefined;
        const response = await this.#open(method, path, { ...options, signal }, this.#agent);
        return JSON.parse(await readAll(response));
      } catch (error) {
        const failure = error instanceof ApiError ? error : this.#unreachable(error);
        failure.ambiguous = lost;
        if (!failure.transient || attempt >= (options.tries ?? 7)) throw failure;
        lost ||= !isRead && failure.code !== 429;
        const signal = lost ? undefined : options.signal;
        signal?.throwIfAborted();
        const wait = failure.retryAfter === undefined ? 100 * 2 ** (attempt - 1) : failure.retryAfter * 1000;
        await sleep(Math.min(wait, 30_000) * (0.9 + 0.2 * Math.random()), undefined, { signal });
      }
    }
  }

  /** The object, or undefined where there is none. */
  async find(path: string, signal: AbortSignal, tries?: number): Promise<Properties | undefined> {
    try {
      return await this.request('GET', path, { signal, tries });
    } catch (error) {
      if (isApiError(error, 404)) return undefined;
      throw error;
    }
  }

  /** Changes as they happen, until the server ends the stream, which it does every few minutes. */
  async *watch(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const response = await this.#open(
      'GET',
      path,
      { query: { ...query, watch: 'true' }, signal },
      this.#watchAgent,
    );
    let rest = '';
    for await (const chunk of response) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line);
    }
  }

  #unreachable(error: unknown): ApiError {
    const why = (error as NodeJS.ErrnoException).code ?? messageOf(error);
    const message = `the API server ${this.#server} does not answer (${why}). Is the embedded cluster running?`;
    return new ApiError(0, 'Unreachable', message);
  }

  /** Sends one request and resolves with the answer's stream once its status is a success. */
  #open(
    method: string,
    path: string,
    options: Omit<ApiRequest, 'signal'> & { readonly signal?: AbortSignal },
    agent: Agent,
  ): Promise<IncomingMessage> {
    const url = new URL(path, this.#server);
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers: Record<string, string> = { accept: 'application/json' };
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers['content-type'] = options.contentType ?? 'application/json';
    return new Promise((resolve, reject) => {
      const sent = request(url, { method, agent, headers, signal: options.signal }, (response) => {
        response.setEncoding('utf8');
        for (const warning of warningsOf(response)) options.onWarning?.(warning);
        const code = response.statusCode ?? 0;
        if (code >= 200 && code < 300) return resolve(response);
        const retryAfter = Number(response.headers['retry-after']) || undefined;
        readAll(response).then((text) => reject(errorFromResponse(code, text, retryAfter)), reject);
      });
      if (agent === this.#agent) {
        sent.setTimeout(answerMs, () => sent.destroy(new Error(`no answer within ${answerMs / 1000} s`)));
      }
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

async function readAll(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response) text += chunk;
  return text;
}

/** The texts of `Warning: 299 - "text"` headers. */
function warningsOf(response: IncomingMessage): string[] {
  const header = response.headers.warning ?? '';
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) =>
    (match[1] ?? '').replace(/\\(.)/g, '$1'),
  );
}
