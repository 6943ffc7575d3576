import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request in place of the registry; anything else than a function lets it through. */
export type Fault = (response: ServerResponse) => void;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** Stands before a registry, writes down what it is asked, and answers badly where it is told to. */
export class FaultProxy {
  readonly seen: SeenRequest[] = [];
  /** Asked for each request: how it fails, if it does. */
  fault: (request: SeenRequest) => Fault | undefined = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly host: string,
  ) {}

  static async start(upstream: string): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new FaultProxy(server, `localhost:${(server.address() as AddressInfo).port}`);
    server.on('request', (incoming, response) => proxy.handle(upstream, incoming, response));
    return proxy;
  }

  /** The next `count` requests that fit fail. */
  failing(count: number, fits: (request: SeenRequest) => boolean, fault: Fault): void {
    let left = count;
    this.fault = (request) => {
      if (left === 0 || !fits(request)) return undefined;
      left -= 1;
      return fault;
    };
  }

  reset(): void {
    this.seen.length = 0;
    this.fault = () => undefined;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private handle(upstream: string, incoming: IncomingMessage, response: ServerResponse): void {
    const { method = '', url: path = '', headers } = incoming;
    const seen = { method, path, headers };
    this.seen.push(seen);
    const fault = this.fault(seen);
    if (fault) {
      incoming.resume();
      fault(response);
      return;
    }
    const outgoing = request(new URL(path, upstream), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    incoming.pipe(outgoing);
  }
}

/** A fault that answers with a status, headers and the error of the distribution protocol. */
export const answering =
  (status: number, headers: Record<string, string> = {}, message = 'simulated'): Fault =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ errors: [{ code: 'SIMULATED', message }] }));
  };
