import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { download, fetchText, whyUnreachable } from '../../embedded/binaries/download.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type HttpServer, serveFiles } from './http-server.js';

const folder = temporaryFolder();
const content = Buffer.alloc(300_000, 'keelson');
const sha256 = createHash('sha256').update(content).digest('hex');
const report = () => undefined;
let server: HttpServer;

beforeEach(async () => {
  server = await serveFiles({ '/program': content, '/program.sha256': sha256 });
});
afterEach(() => server.close());

test('a file appears once its checksum is right', async () => {
  const target = join(folder(), 'bin', 'program');
  await download({ url: `${server.url}/program`, target, sha256, report });
  expect(readFileSync(target).equals(content)).toBe(true);
});

test('a file with a wrong checksum leaves nothing, and the error names both', async () => {
  const wrong = 'a'.repeat(64);
  const attempt = download({
    url: `${server.url}/program`,
    target: join(folder(), 'program'),
    sha256: wrong,
    report,
  });
  await expect(attempt).rejects.toThrow(`its SHA-256 is ${sha256}, the published one is ${wrong}`);
  expect(readdirSync(folder())).toEqual([]);
});

test('what is not there is an error with its address and status', async () => {
  const attempt = download({ url: `${server.url}/other`, target: join(folder(), 'other'), sha256, report });
  await expect(attempt).rejects.toThrow(`Download of ${server.url}/other failed: it answered 404`);
  await expect(fetchText(`${server.url}/other`)).rejects.toThrow('answered 404');
});

test('a download can be called off and leaves nothing', async () => {
  const signal = AbortSignal.abort();
  const attempt = download({
    url: `${server.url}/program`,
    target: join(folder(), 'program'),
    sha256,
    report,
    signal,
  });
  await expect(attempt).rejects.toThrow('abort');
  expect(readdirSync(folder())).toEqual([]);
});

describe('the probe', () => {
  test('finds an open network open', async () => {
    expect(await whyUnreachable(`${server.url}/program.sha256`)).toBeUndefined();
  });

  test('says why a network is closed', async () => {
    expect(await whyUnreachable(`${server.url}/other`)).toContain('answered 404');
    await server.close();
    expect(await whyUnreachable(`${server.url}/program.sha256`)).toContain('could not be reached');
  });

  test('gives up on a server that does not answer', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await whyUnreachable(`http://127.0.0.1:${port}/`, 200)).toContain('(no answer within 0.2 s)');
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
});
