import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { constantLoad } from './measurements/load.js';

/** A server that behaves by the number of the request. */
async function served<T>(failing: (count: number) => boolean, use: (url: string) => Promise<T>): Promise<T> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    if (failing(count)) request.socket.destroy();
    else response.setHeader('app-version', count <= 10 ? 'old' : 'new').end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

const load = (url: string) => constantLoad({ url, perSecond: 500, atLeast: 50, during: Promise.resolve() });

test('every request that fails is counted, with its reason', async () => {
  const result = await served((count) => count % 10 === 0, load);
  expect(result.sent).toBeGreaterThanOrEqual(50);
  expect(result.failed).toBe(Math.floor(result.sent / 10));
  expect([...result.failures.keys()]).toEqual(['ECONNRESET']);
});

test('the releases that answered are told apart', async () => {
  const { failed, releases, sent } = await served(() => false, load);
  expect(failed).toBe(0);
  expect(releases.get('old')).toBe(10);
  expect(releases.get('new')).toBe(sent - 10);
});

test('what happens meanwhile and fails is an error, not a result', async () => {
  const during = Promise.reject(new Error('the update failed'));
  await expect(
    served(
      () => false,
      (url) => constantLoad({ url, perSecond: 500, atLeast: 1, during }),
    ),
  ).rejects.toThrow('the update failed');
});
