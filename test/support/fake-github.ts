import { createServer, type IncomingMessage, type Server } from 'node:http';
import { strToU8, zipSync } from 'fflate';

/** A comment as the stand-in keeps it. */
export interface FakeComment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

interface Fault {
  /** Beginning of `METHOD /path`. */
  readonly on: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the request is carried out all the same. */
  readonly carriedOut?: boolean;
}

export const TOKEN = 'ghs_a-token-of-a-job';
const REPOSITORY = 'acme/shop';
/** The newest commit of a pull request from a fork. */
export const HEAD = 'a'.repeat(40);

/**
 * A stand-in for GitHub's REST API: the few routes that the workflows use, with its limits (a comment's length, pages of
 * 100, redirected artifacts) and faults on demand. Not GitHub: permissions and rate limits are only what a test asks for.
 */
export class FakeGitHub {
  readonly requests: string[] = [];
  readonly comments: FakeComment[] = [];
  readonly faults: Fault[] = [];
  run = {
    id: 77,
    event: 'pull_request',
    head_sha: HEAD,
    head_branch: 'feature/prices',
    head_repository: { full_name: 'fork/shop' },
    html_url: 'https://github.example.com/acme/shop/actions/runs/77',
  };
  pull = {
    number: 5,
    state: 'open',
    merged_at: null as string | null,
    head: { sha: HEAD, ref: 'feature/prices', repo: { full_name: 'fork/shop' } },
    base: { repo: { full_name: REPOSITORY } },
  };
  artifact: { zip: Uint8Array; size?: number; expired?: boolean } | undefined;
  /** Whether the store of artifacts was ever given the token. */
  leaked = false;
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(({ status, body, headers }) =>
      response.writeHead(status, headers).end(body instanceof Uint8Array ? body : JSON.stringify(body)),
    );
  });
  #nextId = 1000;

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  get options() {
    return { repository: REPOSITORY, token: TOKEN, api: this.url, pauses: [1, 1, 1] };
  }

  /** What a job's environment says of it. */
  get environment(): Readonly<Record<string, string>> {
    return { GITHUB_API_URL: this.url, GITHUB_REPOSITORY: REPOSITORY, GITHUB_TOKEN: TOKEN };
  }

  leave(files: Readonly<Record<string, string>>, more: { size?: number; expired?: boolean } = {}): void {
    const zip = zipSync(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])),
    );
    this.artifact = { zip, ...more };
  }

  say(login: string, body: string): void {
    this.comments.push({ id: this.#nextId++, user: { login }, body });
  }

  async #answer(request: IncomingMessage): Promise<{
    status: number;
    body?: unknown;
    headers?: Readonly<Record<string, string>>;
  }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { pathname, searchParams } = new URL(request.url ?? '', this.url);
    if (pathname === '/store') {
      this.leaked ||= request.headers.authorization !== undefined;
      return { status: 200, body: this.artifact?.zip };
    }
    const path = pathname.replace(`/repos/${REPOSITORY}`, '');
    const what = `${request.method} ${path}`;
    this.requests.push(what);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: {} };
    const index = this.faults.findIndex(({ on }) => what.startsWith(on));
    const [fault] = index < 0 ? [] : this.faults.splice(index, 1);
    if (fault && !fault.carriedOut)
      return { status: fault.status, body: { message: 'it was said so' }, headers: fault.headers };
    const answer = this.#route(what, text ? JSON.parse(text) : {}, searchParams);
    return fault ? { status: fault.status, body: {} } : answer;
  }

  #route(what: string, { body = '' }: { body?: string }, query: URLSearchParams) {
    const id = Number(/\d+$/.exec(what)?.[0]);
    const own = this.comments.findIndex((comment) => comment.id === id);
    const page = Number(query.get('page') ?? 1) - 1;
    const ok = (answer: unknown) => ({ status: 200, body: answer });
    const gone = { status: 404, body: { message: 'Not Found' } };
    if (body.length > 65_536)
      return { status: 422, body: { message: 'Body is too long (maximum is 65536 characters)' } };
    if (what === `GET /actions/runs/${this.run.id}`) return ok(this.run);
    if (what === 'GET /actions/runs') return ok({ workflow_runs: [this.run] });
    if (what === `GET /actions/runs/${this.run.id}/artifacts`) return ok({ artifacts: this.#artifacts() });
    if (what === 'GET /actions/artifacts/9/zip')
      return { status: 302, headers: { location: `${this.url}/store` } };
    if (what === `GET /pulls/${this.pull.number}`) return ok(this.pull);
    if (/^GET \/commits\/\w+\/pulls$/.test(what)) return ok([this.pull]);
    if (what === `GET /issues/${this.pull.number}/comments`)
      return ok(this.comments.slice(page * 100, page * 100 + 100));
    if (what === `POST /issues/${this.pull.number}/comments`) {
      this.say('github-actions[bot]', body);
      return { status: 201, body: {} };
    }
    if (own < 0) return gone;
    if (what.startsWith('DELETE /issues/comments/')) this.comments.splice(own, 1);
    else if (what.startsWith('PATCH /issues/comments/')) (this.comments[own] as FakeComment).body = body;
    else return gone;
    return ok({});
  }

  #artifacts() {
    if (!this.artifact) return [];
    const { zip, size = zip.length, expired = false } = this.artifact;
    return [{ id: 9, name: 'keelson-diff', size_in_bytes: size, expired }];
  }
}
