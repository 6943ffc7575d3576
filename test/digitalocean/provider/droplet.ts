import { createHash } from 'node:crypto';
import { list, type Properties, text } from '../../../embedded/kubernetes-provider/property-values.js';
import type { JsonObject } from '../simulator/json.js';
import { toApi } from './naming.js';
import {
  type Context,
  completed,
  gone,
  type Live,
  type Resource,
  UnfinishedError,
  waitFor,
} from './resource.js';

const path = (id: string) => `/v2/droplets/${id}`;

/** A droplet: created and waited for, changed by actions, powered off for a new size. */
export const droplet: Resource = {
  create: async (context, inputs) => {
    const { gracefulShutdown: _, resizeDisk: __, dropletAgent, ...sent } = inputs;
    const body = { ...toApi(sent), with_droplet_agent: dropletAgent ?? null };
    const created = await context.api.request('POST', '/v2/droplets', body);
    return waitUntilActive(context, live(created.droplet as JsonObject, inputs), inputs);
  },
  read: async (context, id, state) => {
    const answer = await context.api.find(path(id));
    return answer && live(answer.droplet as JsonObject, state);
  },
  update: async (context, id, before, after) => {
    const now = await droplet.read(context, id, after);
    if (now === undefined) throw gone('Droplet', id);
    await waitUntilActive(context, now, after);
    const act = async (body: JsonObject) =>
      completed(context, await context.api.request('POST', `${path(id)}/actions`, body));
    if (before.size !== after.size) {
      await act({ type: 'power_off' });
      try {
        await act({ type: 'resize', size: after.size ?? null, disk: after.resizeDisk ?? true });
      } finally {
        await act({ type: 'power_on' });
      }
    }
    if (before.name !== after.name) await act({ type: 'rename', name: after.name ?? null });
    if ((before.backups ?? false) !== (after.backups ?? false))
      await act({ type: after.backups ? 'enable_backups' : 'disable_backups' });
    await retag(context, id, before, after);
    return (await droplet.read(context, id, after)) ?? now;
  },
  remove: async (context, id) => {
    await context.api.remove(path(id));
    await waitFor(context, `droplet ${id} to be gone`, async () =>
      (await context.api.find(path(id))) === undefined ? true : undefined,
    );
  },
};

/** A droplet that exists but does not come up is kept in the state: the next run waits for it again. */
async function waitUntilActive(context: Context, now: Live, inputs: Properties): Promise<Live> {
  const trouble = (why: string) =>
    new UnfinishedError(
      `Error waiting for droplet (${now.id}) to become ready: ${why}. Look at it: https://cloud.digitalocean.com/droplets/${now.id}/console`,
      now,
    );
  try {
    return await waitFor(context, 'state "active"', async () => {
      const answer = await droplet.read(context, now.id, inputs);
      if (answer === undefined) throw new Error("couldn't find resource");
      return text(answer.outputs, 'status') === 'new' ? undefined : answer;
    });
  } catch (error) {
    throw trouble((error as Error).message);
  }
}

async function retag(context: Context, id: string, before: Properties, after: Properties): Promise<void> {
  const [old, wanted] = [before, after].map(({ tags }) => new Set((tags ?? []) as string[]));
  const change = (method: string, tag: string) =>
    context.api.request(method, `/v2/tags/${tag}/resources`, {
      resources: [{ resource_id: id, resource_type: 'droplet' }],
    });
  for (const tag of wanted ?? [])
    if (!old?.has(tag)) {
      await context.api.request('POST', '/v2/tags', { name: tag }).catch(() => {});
      await change('POST', tag);
    }
  for (const tag of old ?? []) if (!wanted?.has(tag)) await change('DELETE', tag);
}

function live(object: JsonObject, inputs: Properties): Live {
  const address = (version: 'v4' | 'v6', type: string) =>
    text(
      list(object as Properties, 'networks', version).find((network) => network.type === type),
      'ip_address',
    );
  const size = object.size as JsonObject;
  const features = object.features as string[];
  return {
    id: String(object.id),
    outputs: {
      ...inputs,
      ...(typeof inputs.userData === 'string' && {
        userData: createHash('sha1').update(inputs.userData).digest('hex'),
      }),
      name: object.name ?? null,
      size: object.size_slug ?? null,
      region: (object.region as JsonObject).slug ?? null,
      tags: object.tags ?? [],
      status: object.status ?? null,
      locked: object.locked ?? null,
      memory: object.memory ?? null,
      vcpus: object.vcpus ?? null,
      disk: object.disk ?? null,
      priceMonthly: size.price_monthly ?? null,
      priceHourly: size.price_hourly ?? null,
      createdAt: object.created_at ?? null,
      dropletUrn: `do:droplet:${object.id}`,
      vpcUuid: object.vpc_uuid ?? null,
      volumeIds: object.volume_ids ?? [],
      backups: features.includes('backups'),
      monitoring: features.includes('monitoring'),
      ipv6: features.includes('ipv6'),
      ipv4Address: address('v4', 'public'),
      ipv4AddressPrivate: address('v4', 'private'),
      ipv6Address: address('v6', 'public'),
    },
  };
}
