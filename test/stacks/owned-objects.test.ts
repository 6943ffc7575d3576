import type { Properties } from '../../embedded/kubernetes-provider/property-values.js';
import { ownedObjects } from '../../stacks/access/owned-objects.js';
import { FakeApiServer } from '../embedded/fake-api-server.js';

const server = new FakeApiServer();
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => server.reset());

const DEPLOYMENTS = '/apis/apps/v1/namespaces/staging/deployments';
const read = () =>
  ownedObjects({ content: server.kubeconfig(), identity: 'test' }, 'shop', {
    versions: ['apps/v1'],
    namespaces: ['staging'],
  });
const put = (path: string, owner: string, metadata: Properties = {}) =>
  server.put(path, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: path.split('/').at(-1) ?? '',
      annotations: { 'keelson.dev/stack': owner },
      ...metadata,
    },
  });
const fail = (code: number) => ({ code, body: { kind: 'Status', message: 'no' } });

test('what a stack has applied, by stack; nothing of others, and no Secret is asked for', async () => {
  put(`${DEPLOYMENTS}/web`, 'shop/staging');
  put(`${DEPLOYMENTS}/copy`, 'shop/staging', { ownerReferences: [{ controller: true }] });
  put(`${DEPLOYMENTS}/other`, 'lunch/staging');
  put('/api/v1/namespaces/staging', 'shop/main-cluster');
  const { stacks, forbidden } = await read();
  expect(forbidden).toEqual([]);
  expect(
    [...stacks].map(([stack, objects]) => [
      stack,
      objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
    ]),
  ).toEqual([
    ['main-cluster', ['Namespace staging']],
    ['staging', ['Deployment web']],
  ]);
  expect(server.requests.every((line) => line.startsWith('GET '))).toBe(true);
  expect(server.requests.join()).not.toContain('secrets');
});

test('an access to one namespace: what it may list there, and what it may not', async () => {
  put(`${DEPLOYMENTS}/web`, 'shop/staging');
  server.faults.set('GET /apis/apps/v1/deployments', [fail(403)]);
  server.faults.set('GET /api/v1/namespaces', [fail(403)]);
  const { stacks, forbidden } = await read();
  expect(stacks.get('staging')).toHaveLength(1);
  expect(forbidden).toEqual(['/Namespace']);
});

test.each([
  ['/apis', 401, 'answers 401'],
  ['/apis/apps/v1/deployments', 500, 'answers 500'],
  ['/apis/apps/v1/deployments', 200, 'there is no items'],
])('%s answers %d: an error, never an empty cluster', async (path, code, message) => {
  server.faults.set(`GET ${path}`, [{ code, body: { kind: 'Status' } }]);
  await expect(read()).rejects.toThrow(message);
});

test('a kind that the server is still preparing is asked for again, as often as the server wants it', async () => {
  put(`${DEPLOYMENTS}/web`, 'shop/staging');
  const later = {
    code: 429,
    headers: { 'retry-after': '0.01' },
    body: { kind: 'Status', message: 'storage is (re)initializing' },
  };
  server.faults.set('GET /apis/apps/v1/deployments', Array(12).fill(later));
  expect((await read()).stacks.get('staging')).toHaveLength(1);
  server.faults.set('GET /apis/apps/v1/deployments', Array(100).fill(later));
  await expect(read()).rejects.toThrow('answers 429 to a request to read: storage is (re)initializing');
});
