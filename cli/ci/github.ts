import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { withDeadline } from '../../embedded/deadline.js';
import { messageOf } from '../../embedded/message-of.js';
import { KeelsonError } from '../../lib/config/problem.js';

/** Where a repository's API is, and by what right it is asked. */
export interface GitHubOptions {
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
  /** @default https://api.github.com */
  readonly api?: string;
  /** Milliseconds before each further attempt where the server is at fault. @default 1, 4 and 10 seconds */
  readonly pauses?: readonly number[];
}

/** Milliseconds for one answer. */
const PATIENCE = 30_000;
/** No longer pause is waited for, whatever the server asks; in milliseconds. */
const LONGEST_PAUSE = 60_000;
/** More comments or commits than that are not read: 100 a page. */
const MOST_PAGES = 30;

interface Request {
  readonly body?: unknown;
  /** Whether a fault of the server is met with another attempt. @default true */
  readonly repeat?: boolean;
}

/** The server was at fault: whether the request was carried out is not known. */
export class ServerFault extends KeelsonError {}

/** A repository on GitHub, through its REST API. @see https://docs.github.com/rest */
export class GitHub {
  readonly #options: Required<GitHubOptions>;

  constructor(options: GitHubOptions) {
    this.#options = { api: 'https://api.github.com', pauses: [1_000, 4_000, 10_000], ...options };
  }

  get repository(): string {
    return this.#options.repository;
  }

  /** @param path below the repository: `/pulls/1` */
  async ask<S extends v.GenericSchema>(schema: S, path: string): Promise<v.InferOutput<S>> {
    return answerOf(schema, await (await this.#request('GET', path)).json(), path);
  }

  /** All items of a list that is given in pages. */
  async list<S extends v.GenericSchema>(item: S, path: string): Promise<v.InferOutput<S>[]> {
    const items: v.InferOutput<S>[] = [];
    const separator = path.includes('?') ? '&' : '?';
    for (let page = 1; page <= MOST_PAGES; page++) {
      const response = await this.#request('GET', `${path}${separator}per_page=100&page=${page}`);
      const found = answerOf(v.array(item), await response.json(), path);
      items.push(...found);
      if (found.length < 100) return items;
    }
    return items;
  }

  async send(method: 'POST' | 'PATCH' | 'DELETE', path: string, request: Request = {}): Promise<void> {
    await (await this.#request(method, path, request)).arrayBuffer();
  }

  /**
   * Follows a redirection to a file, without the token.
   *
   * @param most bytes
   */
  async download(path: string, most: number): Promise<Uint8Array> {
    const redirect = await this.#request('GET', path);
    const file = redirect.headers.get('location');
    if (file === null) return limited(redirect, most, path);
    return withDeadline(PATIENCE, undefined, async ({ signal }) => {
      const response = await fetch(file, { signal });
      if (!response.ok)
        throw problem(path, `its file could not be had: the store answered ${response.status}`);
      return limited(response, most, path);
    });
  }

  async #request(method: string, path: string, { body, repeat = true }: Request = {}): Promise<Response> {
    const { api, repository, token, pauses } = this.#options;
    const what = `${method} ${path.replace(/\?.*/, '')}`;
    for (let attempt = 0; ; attempt++) {
      const outcome = await attempted(() =>
        withDeadline(PATIENCE, undefined, ({ signal }) =>
          fetch(`${api}/repos/${repository}${path}`, {
            method,
            signal,
            redirect: 'manual',
            headers: {
              accept: 'application/vnd.github+json',
              authorization: `Bearer ${token}`,
              'user-agent': 'keelson',
              'x-github-api-version': '2022-11-28',
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
          }),
        ),
      );
      if (typeof outcome !== 'string' && outcome.status < 400) return outcome;
      const pause = pauses[attempt];
      if (typeof outcome !== 'string' && !isServersFault(outcome)) throw await refusal(what, outcome);
      if (!repeat || pause === undefined) throw fault(what, outcome, attempt + 1);
      await sleep(pauseOf(outcome, pause));
    }
  }
}

const attempted = async (request: () => Promise<Response>): Promise<Response | string> => {
  try {
    return await request();
  } catch (error) {
    return messageOf(error);
  }
};

/** Its own failures, and limits that pass. @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const isServersFault = ({ status, headers }: Response): boolean =>
  status >= 500 ||
  status === 429 ||
  (status === 403 && (headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0'));

function pauseOf(outcome: Response | string, pause: number): number {
  const asked = typeof outcome === 'string' ? undefined : outcome.headers.get('retry-after');
  return Math.min(Math.max(pause, Number(asked ?? 0) * 1000 || 0), LONGEST_PAUSE);
}

function fault(what: string, outcome: Response | string, attempts: number): ServerFault {
  const said =
    typeof outcome === 'string' ? `could not be reached (${outcome})` : `answered ${outcome.status}`;
  const times = attempts === 1 ? '' : `, ${attempts} times`;
  return new ServerFault('GitHub', [{ where: what, message: `${said}${times}; run it again later` }]);
}

async function refusal(what: string, response: Response): Promise<KeelsonError> {
  const wanted = response.headers.get('x-accepted-github-permissions');
  const meaning: Readonly<Record<number, string>> = {
    401: 'the token is not valid (any more)',
    403: `the token may not do it; give the job these \`permissions\`: ${wanted ?? 'pull-requests: write, actions: read, contents: read'}`,
    404: 'there is no such thing, or the token may not see it',
  };
  const said = await response.text().then(
    (text) => saidIn(text),
    () => '',
  );
  return problem(
    what,
    [meaning[response.status], `GitHub answered ${response.status}${said}`].filter(Boolean).join('; '),
  );
}

function saidIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? `: ${message.replace(/\s+/g, ' ').slice(0, 200)}` : '';
  } catch {
    return '';
  }
}

async function limited(response: Response, most: number, path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > most) throw problem(path, `is larger than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answerOf<S extends v.GenericSchema>(schema: S, answer: unknown, path: string): v.InferOutput<S> {
  const { success, output, issues } = v.safeParse(schema, answer);
  if (success) return output;
  const [{ message } = { message: '' }] = issues;
  throw problem(path, `GitHub's answer is not what its documentation says: ${message}`);
}

const problem = (where: string, message: string) => new KeelsonError('GitHub', [{ where, message }]);
