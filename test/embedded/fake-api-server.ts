import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { isProperties, type Properties, text } from '../../embedded/kubernetes-provider/property-values.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

interface Watcher {
  readonly collection: string;
  readonly name: string;
  readonly response: ServerResponse;
}
type Answer =
  | 'reset'
  | { readonly code: number; readonly body: Properties; readonly headers?: Record<string, string> };

const kinds: Readonly<
  Record<string, readonly (readonly [kind: string, plural: string, namespaced: boolean])[]>
> = {
  '/api/v1': [
    ['ConfigMap', 'configmaps', true],
    ['Secret', 'secrets', true],
    ['Namespace', 'namespaces', false],
  ],
  '/apis/apps/v1': [['Deployment', 'deployments', true]],
};

/** Just enough of an API server: objects in memory, field managers by name only, watches, and faults on demand. */
export class FakeApiServer {
  readonly objects = new Map<string, Properties>();
  readonly requests: string[] = [];
  readonly kinds = new Map(Object.entries(kinds));
  /** Answers to give instead of the true one, by method and path. */
  readonly faults = new Map<string, Answer[]>();
  /** Called after each write, in place of the controllers. */
  control: (path: string, object: Properties) => void = () => {};
  readonly #certificate = selfSignedCertificate();
  readonly #watchers = new Set<Watcher>();
  readonly #server = createServer(this.#certificate, (request, response) => this.#serve(request, response));
  #version = 1;

  reset(): void {
    this.objects.clear();
    this.faults.clear();
    this.requests.length = 0;
    this.control = () => {};
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  kubeconfig(server = this.url): string {
    const ca = Buffer.from(this.#certificate.cert).toString('base64');
    return JSON.stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
      users: [{ name: 'u', user: { token: 't' } }],
    });
  }

  /** Writes an object as a controller would. */
  put(path: string, object: Properties): void {
    const metadata = isProperties(object.metadata) ? object.metadata : {};
    const type = this.objects.has(path) ? 'MODIFIED' : 'ADDED';
    const stored = { ...object, metadata: { ...metadata, resourceVersion: String(++this.#version) } };
    this.objects.set(path, stored);
    this.#tell(type, path, stored);
  }

  remove(path: string): void {
    const object = this.objects.get(path);
    this.objects.delete(path);
    if (object) this.#tell('DELETED', path, object);
  }

  /** Ends every watch, as a real server does now and then. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
  }

  #tell(type: string, path: string, object: Properties): void {
    for (const { collection, name, response } of this.#watchers) {
      if (path === `${collection}/${name}`) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  /** The objects of a collection, or undefined where the path is none; without what all items share, as a server does it. */
  #listed(path: string): Properties[] | undefined {
    const [, root = '', namespace, plural] =
      /^(.*\/v[^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(path) ?? [];
    if (!this.kinds.get(root)?.some(([, name]) => name === plural)) return undefined;
    const isIn = new RegExp(`^${root}(/namespaces/${namespace ?? '[^/]+'})?/${plural}/[^/]+$`);
    return [...this.objects]
      .filter(([at]) => isIn.test(at))
      .map(([, { apiVersion: _, kind: __, ...item }]) => item);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    let content = '';
    for await (const chunk of request) content += chunk;
    const path = url.pathname;
    this.requests.push(`${request.method} ${path}${url.search}`);
    const fault = this.faults.get(`${request.method} ${path}`)?.shift();
    if (fault === 'reset') return void request.socket.destroy();
    const send = (code: number, body: Properties, headers: Record<string, string> = {}) => {
      response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    if (fault) return send(fault.code, fault.body, fault.headers);
    const fail = (code: number, reason: string, message: string) =>
      send(code, { kind: 'Status', status: 'Failure', code, reason, message });
    const missing = () => fail(404, 'NotFound', `${path} not found`);
    const group = this.kinds.get(path);
    if (group) {
      return send(200, {
        resources: group.map(([kind, name, namespaced]) => ({ kind, name, namespaced, verbs: ['list'] })),
      });
    }
    if (path === '/apis') {
      const groups = [...this.kinds.keys()].filter((root) => root.startsWith('/apis/'));
      return send(200, {
        groups: groups.map((root) => ({ preferredVersion: { groupVersion: root.slice('/apis/'.length) } })),
      });
    }
    const items = request.method === 'GET' && !url.searchParams.has('watch') && this.#listed(path);
    if (items) return send(200, { items });
    const dryRun = url.searchParams.has('dryRun');
    const manager = url.searchParams.get('fieldManager') ?? '';
    const store = (at: string, object: Properties, operation: string) => {
      const old = this.objects.get(at);
      const metadata = {
        ...(isProperties(object.metadata) ? object.metadata : {}),
        uid: text(old, 'metadata', 'uid') || randomUUID(),
        managedFields: [{ manager, operation, fieldsV1: {} }],
      };
      const status: Properties = old?.status === undefined ? {} : { status: old.status };
      if (dryRun) return send(200, { ...object, ...status, metadata });
      this.put(at, { ...object, ...status, metadata });
      send(200, this.objects.get(at) ?? {});
      this.control(at, this.objects.get(at) ?? {});
    };
    if (url.searchParams.has('watch')) {
      const name = url.searchParams.get('fieldSelector')?.replace('metadata.name=', '') ?? '';
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const watcher = { collection: path, name, response };
      this.#watchers.add(watcher);
      response.on('close', () => this.#watchers.delete(watcher));
      const missed = this.objects.get(`${path}/${name}`);
      const seen = url.searchParams.get('resourceVersion');
      if (missed && text(missed, 'metadata', 'resourceVersion') !== seen) {
        this.#tell('MODIFIED', `${path}/${name}`, missed);
      }
      return;
    }
    if (request.method === 'POST') {
      const object: Properties = JSON.parse(content);
      const at = `${path}/${text(object, 'metadata', 'name')}`;
      if (this.objects.has(at)) return fail(409, 'AlreadyExists', `${at} already exists`);
      return store(at, object, 'Update');
    }
    const object = this.objects.get(path);
    if (request.method === 'PATCH') {
      const isApply = request.headers['content-type'] === 'application/apply-patch+yaml';
      if (isApply) return store(path, JSON.parse(content), 'Apply');
      const metadata = { ...Object(object?.metadata), managedFields: JSON.parse(content)[0].value };
      return object ? send(200, { ...object, metadata }) : missing();
    }
    if (request.method === 'GET' && !object && /\/(pods|events)$/.test(path)) return send(200, { items: [] });
    if (!object) return missing();
    if (request.method === 'DELETE') {
      if (Array.isArray(Object(object.metadata).finalizers)) return send(200, object);
      this.remove(path);
      return send(200, { kind: 'Status', status: 'Success' });
    }
    return send(200, object);
  }
}
