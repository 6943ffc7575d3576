import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { CloudState, type Json } from './cloud-state.js';

interface Update {
  readonly id: string;
  readonly preview: boolean;
  status: 'not started' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** What its engine shows to write the state. */
  token?: string;
}

interface CloudStack {
  tags: unknown;
  version: number;
  readonly state: CloudState;
  readonly updates: Map<string, Update>;
}

class Refusal extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

const ORGANIZATION = 'acme';

/**
 * A stand-in for Pulumi Cloud, where it is a place for state: the routes that the engine uses for a stack's life, its
 * lock, its state and its secrets. Written from the engine's client, and never compared with the service.
 */
export class PulumiCloud {
  /** Of the one account that it has. */
  readonly token = `pul-${randomBytes(20).toString('hex')}`;
  /** Requests that brought entries of a journal. */
  journaled = 0;
  private readonly stacks = new Map<string, CloudStack>();
  private readonly key = randomBytes(32);

  private constructor(
    private readonly server: Server,
    private readonly replayer: string | undefined,
  ) {
    server.on('request', async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
      const [status, body] = await read(request)
        .then((asked) => [200, this.answer(request, pathname, searchParams, asked)] as const)
        .catch((error: unknown) => {
          const { code, message } = error instanceof Refusal ? error : new Refusal(500, String(error));
          return [code, { code, message }] as const;
        });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }

  /** @param replayer makes states of journals. @default the engine sends the whole state after each step */
  static async start(replayer?: string): Promise<PulumiCloud> {
    const server = createServer();
    const cloud = new PulumiCloud(server, replayer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** All that it keeps of all stacks, as text. */
  get kept(): string {
    return JSON.stringify([...this.stacks].map(([name, { state, tags }]) => ({ name, ...state.kept, tags })));
  }

  private answer(request: IncomingMessage, path: string, query: URLSearchParams, asked: Json): Json {
    const { method = 'GET', headers } = request;
    const given = headers.authorization ?? '';
    if (!given.startsWith('update-token ') && given !== `token ${this.token}`)
      throw new Refusal(401, 'Unauthorized: No credentials provided or are invalid.');
    const account = { githubLogin: 'ada', name: 'Ada', organizations: [{ githubLogin: ORGANIZATION }] };
    if (path === '/api/user') return account;
    if (path === '/api/user/organizations/default') return { GitHubLogin: ORGANIZATION };
    if (path === '/api/user/stacks') return { stacks: this.listed(query.get('project')) };
    const [, project, stack, rest = ''] =
      /^\/api\/stacks\/acme\/([^/]+)(?:\/([^/]+)(?:\/(.+))?)?$/.exec(path) ?? [];
    if (project === undefined) throw new Refusal(404, 'Not Found');
    if (stack === undefined) {
      if (method === 'POST') return this.create(`${project}/${asked.stackName}`, asked);
      if (this.listed(project).length === 0) throw new Refusal(404, 'Not Found');
      return {};
    }
    const known = this.stacks.get(`${project}/${stack}`);
    if (known === undefined)
      throw new Refusal(404, `Not Found: Stack '${ORGANIZATION}/${project}/${stack}' not found`);
    if (rest === '' && method === 'DELETE') return this.remove(`${project}/${stack}`, known, query);
    if (rest === '')
      return {
        ...{ id: stack, orgName: ORGANIZATION, projectName: project, stackName: stack, tags: known.tags },
        ...{ version: known.version, activeUpdate: running(known)?.id ?? '' },
      };
    return this.ofStack(known, `${method} ${rest}`, asked, given.replace('update-token ', ''));
  }

  private listed(project: string | null): Json[] {
    return [...this.stacks.keys()]
      .map((name) => name.split('/'))
      .filter(([name]) => project === null || name === project)
      .map(([projectName, stackName]) => ({ orgName: ORGANIZATION, projectName, stackName }));
  }

  private create(name: string, { tags = {} }: Json): Json {
    if (this.stacks.has(name)) throw new Refusal(409, 'Conflict: Stack already exists');
    this.stacks.set(name, { tags, version: 0, state: new CloudState(this.replayer), updates: new Map() });
    return {};
  }

  private remove(name: string, { state }: CloudStack, query: URLSearchParams): Json {
    const { resources } = state.now().deployment as { resources?: unknown[] | null };
    if (resources?.length && query.get('force') !== 'true')
      throw new Refusal(400, 'Bad Request: Stack still contains resources.');
    this.stacks.delete(name);
    return {};
  }

  private ofStack(stack: CloudStack, what: string, asked: Json, token: string): Json {
    const [, kind = '', id, verb] = /^\w+ ([\w-]+)(?:\/([\w-]+)(?:\/([\w/-]+))?)?$/.exec(what) ?? [];
    switch (id === undefined ? what : '') {
      case 'GET export':
        return stack.state.now();
      case 'POST import': {
        refuseSecond(stack);
        stack.state.put(asked);
        const update: Update = { id: randomUUID(), preview: false, status: 'succeeded' };
        stack.updates.set(update.id, update);
        return { updateId: update.id };
      }
      case 'POST encrypt':
        return { ciphertext: this.encrypted(text(asked.plaintext)) };
      case 'POST decrypt':
        return { plaintext: this.decrypted(text(asked.ciphertext)) };
      case 'POST batch-encrypt':
        return { ciphertexts: texts(asked.plaintexts).map((plain) => this.encrypted(plain)) };
      case 'POST batch-decrypt':
        return {
          plaintexts: Object.fromEntries(
            texts(asked.ciphertexts).map((sealed) => [sealed, this.decrypted(sealed)]),
          ),
        };
      case 'PATCH tags':
        stack.tags = asked;
        return {};
      case 'GET updates':
        return { updates: [] };
      case `POST ${kind}`: {
        const update: Update = { id: randomUUID(), preview: kind === 'preview', status: 'not started' };
        stack.updates.set(update.id, update);
        return { updateID: update.id };
      }
    }
    const update = stack.updates.get(id ?? '');
    if (update === undefined) throw new Refusal(404, 'Not Found');
    const step = `${what.split(' ')[0]} ${verb ?? ''}`.trim();
    const answer = ofUpdate(stack, update, step, asked, token);
    if (step === 'PATCH journalentries') this.journaled += 1;
    // The engine keeps a journal where it is told that there is somebody who reads it.
    return step === 'POST' && this.replayer !== undefined ? { ...answer, journalVersion: 1 } : answer;
  }

  /** base64 of what base64 says, sealed. */
  private encrypted(plain: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    const sealed = Buffer.concat([cipher.update(Buffer.from(plain, 'base64')), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
  }

  private decrypted(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('base64');
  }
}

function ofUpdate(stack: CloudStack, update: Update, what: string, asked: Json, token: string): Json {
  switch (what) {
    case 'GET':
      return { status: update.status, events: [] };
    case 'POST':
      if (!update.preview) {
        refuseSecond(stack);
        stack.version += 1;
      }
      update.status = 'running';
      update.token = randomUUID();
      return { version: stack.version, token: update.token };
    case 'POST cancel':
      update.status = 'cancelled';
      if (!update.preview) stack.state.settle();
      return {};
  }
  // Whose lease has ended writes nothing any more.
  if (update.status !== 'running' || token !== update.token)
    throw new Refusal(403, 'Forbidden: The update is no longer running');
  switch (what) {
    case 'PATCH checkpoint':
      stack.state.put({ version: asked.version, features: asked.features, deployment: asked.deployment });
      return {};
    case 'PATCH journalentries':
      stack.state.note(asked.entries as unknown[]);
      return {};
    case 'POST renew_lease':
      return { token };
    case 'POST events/batch':
      return {};
    case 'POST complete':
      update.status = asked.status as Update['status'];
      if (!update.preview) stack.state.settle();
      return {};
  }
  throw new Refusal(404, 'Not Found');
}

const running = ({ updates }: CloudStack): Update | undefined =>
  [...updates.values()].find(({ preview, status }) => !preview && status === 'running');

function refuseSecond(stack: CloudStack): void {
  if (running(stack)) throw new Refusal(409, 'Conflict: Another update is currently in progress.');
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);

async function read(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (bytes.length === 0) return {};
  return JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString());
}
