import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Account } from './account.js';
import { addressesAndVolumes } from './addresses-and-volumes.js';
import { ApiError, unauthorized } from './api-error.js';
import { regions, sizes } from './catalogue.js';
import { droplets } from './droplets.js';
import type { JsonObject } from './json.js';
import { managedServices } from './managed-services.js';
import { nestedResources } from './nested-resources.js';
import { plainResources } from './plain-resources.js';
import { find, paged, type Route } from './router.js';
import { spaces } from './spaces.js';

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/v2/sizes', handle: () => ({ list: { name: 'sizes', items: sizes } }) },
  { method: 'GET', path: '/v2/regions', handle: () => ({ list: { name: 'regions', items: regions } }) },
  {
    method: 'GET',
    path: '/v2/account',
    handle: ({ account }) => ({
      body: { account: { status: 'active', droplet_limit: account.faults.dropletLimit } },
    }),
  },
  ...droplets,
  ...addressesAndVolumes,
  ...plainResources,
  ...nestedResources,
  ...managedServices,
  ...spaces,
];

/** A request and how it was answered, without what was in it. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Of one account alone: tests that look for theirs see the processes of others, too. */
export const newToken = (): string => `dop_v1_${randomBytes(16).toString('hex')}`;

/**
 * DigitalOcean's API on loopback, with one account: what {@link Account} holds can be looked at and meddled with, and
 * `account.faults` goes wrong on demand.
 *
 * It is written from the public API reference and the source of terraform-provider-digitalocean, and was never compared
 * with DigitalOcean itself.
 */
export class DigitalOceanSimulator {
  readonly account: Account;
  readonly answered: Answered[] = [];

  private constructor(
    private readonly server: Server,
    token: string,
  ) {
    this.account = new Account(token);
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(token = newToken()): Promise<DigitalOceanSimulator> {
    const server = createServer();
    const simulator = new DigitalOceanSimulator(server, token);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return simulator;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', this.url);
    const path = url.pathname;
    const send = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) => {
      this.answered.push({ method, path, status });
      const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(
        body === undefined || status === 204 ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      );
    };
    try {
      const body = await read(request);
      if (path.startsWith('/v2') && request.headers.authorization !== `Bearer ${this.account.token}`)
        throw unauthorized();
      this.account.faults.check(method, path);
      const { route, params } = find(ROUTES, method, path);
      const answer = route.handle({ account: this.account, params, query: url.searchParams, body });
      const list = answer.list && paged(answer.list, url.searchParams, `${this.url}${path}`);
      send(answer.status ?? 200, list ?? answer.body);
    } catch (error) {
      const { status, id, message, headers } =
        error instanceof ApiError ? error : new ApiError(500, 'server_error', String(error));
      send(status, { id, message, request_id: this.account.nextUuid() }, headers);
    }
  }
}

async function read(request: IncomingMessage): Promise<JsonObject> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}
