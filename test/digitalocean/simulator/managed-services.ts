import { now } from './account.js';
import { regionOf } from './catalogue.js';
import { type JsonObject, number, string } from './json.js';
import { GONE, type Route } from './router.js';

/** DigitalOcean Kubernetes, the container registry, and the lists of what is to be had. */
export const managedServices: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/kubernetes/clusters',
    handle: ({ account, body }) => {
      const id = account.nextUuid();
      const pools = (body.node_pools as JsonObject[]).map((pool) => ({ id: account.nextUuid(), ...pool }));
      const cluster = account.add('kubernetes', id, {
        id,
        endpoint: `https://${id}.k8s.ondigitalocean.com`,
        ipv4: '192.0.2.10',
        created_at: now(),
        status: { state: 'provisioning' },
        ...body,
        region: regionOf(string(body, 'region'))?.slug ?? null,
        node_pools: pools,
      });
      return { status: 201, body: { kubernetes_cluster: cluster } };
    },
  },
  {
    method: 'GET',
    path: '/v2/kubernetes/clusters/:id',
    handle: ({ account, params: { id = '' } }) => {
      const cluster = account.get('kubernetes', id);
      if (account.polled(`kubernetes ${id}`) >= account.faults.bootPolls)
        cluster.status = { state: 'running' };
      return { body: { kubernetes_cluster: cluster } };
    },
  },
  {
    method: 'PUT',
    path: '/v2/kubernetes/clusters/:id',
    handle: ({ account, params: { id = '' }, body }) => ({
      body: { kubernetes_cluster: Object.assign(account.get('kubernetes', id), body) },
    }),
  },
  {
    method: 'POST',
    path: '/v2/kubernetes/clusters/:id/upgrade',
    handle: ({ account, params: { id = '' }, body }) => {
      Object.assign(account.get('kubernetes', id), { version: body.version });
      return { status: 202 };
    },
  },
  {
    method: 'DELETE',
    path: '/v2/kubernetes/clusters/:id',
    handle: ({ account, params: { id = '' } }) => {
      account.get('kubernetes', id);
      account.all('kubernetes').delete(id);
      return GONE;
    },
  },
  {
    method: 'GET',
    path: '/v2/kubernetes/clusters/:id/kubeconfig',
    handle: ({ account, params: { id = '' } }) => {
      const cluster = account.get('kubernetes', id);
      return { body: account.managedKubeconfig?.() ?? kubeconfig(cluster) };
    },
  },
  {
    method: 'POST',
    path: '/v2/kubernetes/clusters/:id/node_pools',
    handle: ({ account, params: { id = '' }, body }) => {
      const pool = { id: account.nextUuid(), ...body };
      (account.get('kubernetes', id).node_pools as JsonObject[]).push(pool);
      return { status: 201, body: { node_pool: pool } };
    },
  },
  ...(['GET', 'PUT', 'DELETE'] as const).map(
    (method): Route => ({
      method,
      path: '/v2/kubernetes/clusters/:id/node_pools/:pool',
      handle: ({ account, params: { id = '', pool }, body }) => {
        const cluster = account.get('kubernetes', id);
        const pools = cluster.node_pools as JsonObject[];
        const found = pools.find((other) => other.id === pool) ?? account.get('node_pools', pool ?? '');
        if (method === 'PUT') Object.assign(found, body);
        if (method === 'DELETE') cluster.node_pools = pools.filter((other) => other !== found);
        return method === 'DELETE' ? GONE : { body: { node_pool: found } };
      },
    }),
  ),
  {
    method: 'GET',
    path: '/v2/registries/:name',
    handle: ({ account, params: { name = '' } }) => ({ body: { registry: account.get('registries', name) } }),
  },
  {
    method: 'GET',
    path: '/v2/registries/:name/docker-credentials',
    handle: ({ account, params: { name = '' }, query }) => {
      account.get('registries', name);
      const rights = query.get('read_write') === 'true' ? 'readwrite' : 'read';
      const token = `${rights}-${query.get('expiry_seconds')}-${account.nextUuid()}`;
      const auth = Buffer.from(`ops@example.com:${token}`).toString('base64');
      return { body: { auths: { 'registry.digitalocean.com': { auth } } } };
    },
  },
];

/** What the token in each kubeconfig of a managed cluster begins with. */
export const kubeTokenOf = (id: string): string => `dop-k8s-${id}-`;

const kubeconfig = (cluster: JsonObject): string => {
  const name = `do-${string(cluster, 'name')}`;
  return [
    'apiVersion: v1',
    'kind: Config',
    `clusters: [{ name: ${name}, cluster: { server: "${string(cluster, 'endpoint')}" } }]`,
    `contexts: [{ name: ${name}, context: { cluster: ${name}, user: admin } }]`,
    `current-context: ${name}`,
    `users: [{ name: admin, user: { token: ${kubeTokenOf(string(cluster, 'id'))}${number(cluster, 'generation')} } }]`,
    '',
  ].join('\n');
};
