import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ordersDuring } from './measurements/orders.js';

/** A page that counts orders by session as lunch does, with this status. */
async function ordered(status: number) {
  const orders = new Map<string, number>();
  const server = createServer(({ method, headers: { cookie } }, response) => {
    const session = cookie || `session=${orders.size + 1}`;
    const before = orders.get(session) ?? 0;
    if (method === 'GET') return response.end(`Today: [soup]. You have ordered ${before}.\n`);
    if (!cookie) response.setHeader('set-cookie', `${session}; Path=/; HttpOnly; Secure`);
    if (status === 201) orders.set(session, before + 1);
    return response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await ordersDuring(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sleep(700));
  } finally {
    server.close();
  }
}

test('orders of one session are counted, and what its page says of them', async () => {
  expect(await ordered(201)).toEqual({ taken: 2, shown: 2, refused: [] });
});

test('orders that are not taken are counted apart', async () => {
  const { taken, shown, refused } = await ordered(503);
  expect([taken, shown]).toEqual([0, 0]);
  expect(refused).toEqual(['status 503', 'status 503']);
});
