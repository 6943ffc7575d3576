import { DigitalOceanSimulator } from './simulator/simulator.js';

let simulator: DigitalOceanSimulator;

beforeAll(async () => {
  simulator = await DigitalOceanSimulator.start();
});
afterAll(() => simulator?.stop());

async function call(method: string, path: string, body?: unknown, token = simulator.account.token) {
  const response = await fetch(`${simulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

test('refusals have the shape of DigitalOcean’s', async () => {
  expect(await call('GET', '/v2/account', undefined, 'wrong')).toMatchObject({
    status: 401,
    body: { id: 'Unauthorized', message: 'Unable to authenticate you', request_id: expect.any(String) },
  });
  expect(await call('GET', '/v2/droplets/1')).toMatchObject({ status: 404, body: { id: 'not_found' } });
  expect(await call('POST', '/v2/droplets', { region: 'moon1' })).toMatchObject({
    status: 422,
    body: { id: 'unprocessable_entity', message: 'Region is not valid.' },
  });
  expect((await call('GET', '/v2/nothing')).status).toBe(404);
});

test('lists come in pages that lead to each other', async () => {
  for (let record = 0; record < 5; record++) await call('POST', '/v2/tags', { name: `tag-${record}` });
  const seen: string[] = [];
  let next: string | undefined = '/v2/tags?per_page=2';
  while (next !== undefined) {
    const { body }: { body: Record<string, never> } = await call('GET', next);
    const { tags, links, meta } = body as unknown as {
      tags: { name: string }[];
      links: { pages?: { next: string } };
      meta: { total: number };
    };
    expect(meta.total).toBe(5);
    seen.push(...tags.map(({ name }) => name));
    next = links.pages?.next.slice(simulator.url.length);
  }
  expect(seen).toEqual(['tag-0', 'tag-1', 'tag-2', 'tag-3', 'tag-4']);
});

test('an action is completed only after it was asked after', async () => {
  const { body } = await call('POST', '/v2/volumes', { name: 'data', region: 'fra1', size_gigabytes: 10 });
  const path = `/v2/volumes/${body.volume.id}/actions`;
  const { action } = (await call('POST', path, { type: 'resize', size_gigabytes: 20 })).body;
  expect(action).toMatchObject({ status: 'in-progress', completed_at: null });
  const asked = (await call('GET', `/v2/actions/${action.id}`)).body.action;
  expect(asked).toMatchObject({ status: 'completed', completed_at: expect.any(String) });
  expect((await call('GET', `/v2/volumes/${body.volume.id}`)).body.volume.size_gigabytes).toBe(20);
  expect((await call('POST', path, { type: 'resize', size_gigabytes: 5 })).status).toBe(422);
});

test('a fault comes as often as it was ordered, with its Retry-After', async () => {
  simulator.account.faults.fail({
    method: 'GET',
    path: /^\/v2\/regions$/,
    status: 429,
    retryAfter: 7,
    times: 1,
  });
  const limited = await call('GET', '/v2/regions');
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
  expect((await call('GET', '/v2/regions')).status).toBe(200);
});

test('a droplet needs a key that the account has, and a firewall a tag', async () => {
  const droplet = { name: 'a', region: 'fra1', size: 's-2vcpu-4gb', image: 'ubuntu-22-04-x64' };
  expect((await call('POST', '/v2/droplets', { ...droplet, ssh_keys: ['aa:bb'] })).body.message).toContain(
    'invalid key identifiers',
  );
  expect((await call('POST', '/v2/firewalls', { name: 'f', tags: ['none'] })).status).toBe(422);
});

test('the secret of a Spaces key is told once', async () => {
  const { key } = (await call('POST', '/v2/spaces/keys', { name: 'k', grants: [] })).body;
  expect(key.secret_key).toMatch(/^spaces-/);
  const again = (await call('GET', `/v2/spaces/keys/${key.access_key}`)).body.key;
  expect(again).not.toHaveProperty('secret_key');
});
