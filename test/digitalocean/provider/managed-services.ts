import { list, type Properties, text } from '../../../embedded/kubernetes-provider/property-values.js';
import type { JsonObject } from '../simulator/json.js';
import { toApi } from './naming.js';
import { type Context, gone, type Live, type Resource, waitFor } from './resource.js';

const clusterPath = (id: string) => `/v2/kubernetes/clusters/${id}`;

/** DigitalOcean Kubernetes with the pool that it is made with. */
export const kubernetesCluster: Resource = {
  create: async (context, inputs) => {
    const { nodePool, ...rest } = inputs;
    const { kubernetes_cluster: made } = await context.api.request('POST', '/v2/kubernetes/clusters', {
      ...toApi(rest),
      node_pools: [apiPool((nodePool ?? {}) as Properties)],
    });
    const id = text(made as Properties, 'id');
    return waitFor(context, `cluster ${id} to run`, async () => {
      const now = await kubernetesCluster.read(context, id, inputs);
      return text(now?.outputs, 'status') === 'running' ? now : undefined;
    });
  },
  read: async (context, id, state) => {
    const answer = await context.api.find(clusterPath(id));
    return answer && liveCluster(context, answer.kubernetes_cluster as JsonObject, state);
  },
  update: async (context, id, before, after) => {
    const { name, tags, ha, autoUpgrade, surgeUpgrade } = after;
    await context.api.request(
      'PUT',
      clusterPath(id),
      toApi(known({ name, tags, ha, autoUpgrade, surgeUpgrade })),
    );
    if (before.version !== after.version)
      await context.api.text('POST', `${clusterPath(id)}/upgrade`, { version: after.version ?? null });
    const pool = list(before, 'nodePools')[0] ?? ((before.nodePool ?? {}) as Properties);
    await context.api.request(
      'PUT',
      `${clusterPath(id)}/node_pools/${text(pool, 'id')}`,
      apiPool((after.nodePool ?? {}) as Properties),
    );
    const now = await kubernetesCluster.read(context, id, after);
    if (now === undefined) throw gone('KubernetesCluster', id);
    return now;
  },
  remove: ({ api }, id) => api.remove(clusterPath(id)),
};

const known = (properties: Record<string, unknown>): Properties =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Properties;

const apiPool = ({ nodeCount, ...pool }: Properties): JsonObject => ({
  ...toApi(pool),
  count: nodeCount ?? null,
});

async function liveCluster({ api }: Context, object: JsonObject, inputs: Properties): Promise<Live> {
  const id = text(object as Properties, 'id');
  const rawConfig = await api.text('GET', `${clusterPath(id)}/kubeconfig`);
  const [pool] = object.node_pools as JsonObject[];
  return {
    id,
    outputs: {
      ...inputs,
      endpoint: object.endpoint ?? null,
      ipv4Address: object.ipv4 ?? null,
      status: (object.status as JsonObject).state ?? null,
      nodePool: { ...((inputs.nodePool ?? {}) as Properties), id: pool?.id ?? null },
      kubeConfigs: [{ rawConfig, host: object.endpoint ?? null }],
    },
  };
}

const poolPath = (inputs: Properties, id = '') =>
  `${clusterPath(String(inputs.clusterId))}/node_pools${id && `/${id}`}`;

/** A further pool. */
export const kubernetesNodePool: Resource = {
  create: async ({ api }, inputs) => {
    const { clusterId: _, ...pool } = inputs;
    const { node_pool: made } = await api.request('POST', poolPath(inputs), apiPool(pool));
    return { id: text(made as Properties, 'id'), outputs: inputs };
  },
  read: async ({ api }, id, state) =>
    (await api.find(poolPath(state, id))) === undefined ? undefined : { id, outputs: state },
  update: async ({ api }, id, _, after) => {
    const { clusterId: __, ...pool } = after;
    await api.request('PUT', poolPath(after, id), apiPool(pool));
    return { id, outputs: after };
  },
  remove: ({ api }, id, state) => api.remove(poolPath(state, id)),
};

/** Credentials of the registry; DigitalOcean makes new ones for every question. */
export const dockerCredentials: Resource = {
  create: async ({ api }, inputs) => {
    const { registryName, write = false, expirySeconds = 0 } = inputs;
    const query = `read_write=${write}&expiry_seconds=${expirySeconds}`;
    const path = `/v2/registries/${registryName}/docker-credentials?${query}`;
    return {
      id: String(registryName),
      outputs: { ...inputs, dockerCredentials: await api.text('GET', path) },
    };
  },
  read: async ({ api }, id, state) =>
    (await api.find(`/v2/registries/${id}`)) === undefined ? undefined : { id, outputs: state },
  update: (context, _, __, after) => dockerCredentials.create(context, after),
  remove: async () => {},
};
