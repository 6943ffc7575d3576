import { createServer } from 'node:http';

export interface HttpServer {
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** Serves `files` by path on loopback; all else is 404. */
export async function serveFiles(files: Readonly<Record<string, string | Buffer>>): Promise<HttpServer> {
  const requests: string[] = [];
  const server = createServer(({ url = '', method }, response) => {
    requests.push(`${method} ${url}`);
    const file = files[url];
    response.writeHead(file === undefined ? 404 : 200).end(method === 'HEAD' ? undefined : file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
