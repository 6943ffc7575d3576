import { randomUUID } from 'node:crypto';
import type { Properties } from '../../../embedded/kubernetes-provider/property-values.js';
import type { JsonObject } from '../simulator/json.js';
import { type Context, completed, gone, type Live, type Resource } from './resource.js';

const addressPath = (ip: string) => `/v2/reserved_ips/${ip}`;
const volumePath = (id: string) => `/v2/volumes/${id}`;
const slug = (region: unknown) => (region as JsonObject | null)?.slug ?? null;

/** A reserved address that belongs to no droplet by itself. */
export const reservedIp: Resource = {
  create: async ({ api }, inputs) => {
    const { reserved_ip: made } = await api.request('POST', '/v2/reserved_ips', {
      region: inputs.region ?? null,
    });
    return liveAddress(made as JsonObject, inputs);
  },
  read: async ({ api }, id, state) => {
    const answer = await api.find(addressPath(id));
    return answer && liveAddress(answer.reserved_ip as JsonObject, state);
  },
  update: async (context, id, _, after) => found(await reservedIp.read(context, id, after), 'ReservedIp', id),
  remove: ({ api }, id) => api.remove(addressPath(id)),
};

const liveAddress = (object: JsonObject, inputs: Properties): Live => ({
  id: String(object.ip),
  outputs: {
    ...inputs,
    ipAddress: object.ip ?? null,
    region: slug(object.region),
    reservedIpUrn: `do:reservedip:${object.ip}`,
  },
});

/** Which droplet a reserved address leads to. */
export const reservedIpAssignment: Resource = {
  create: async (context, inputs) => {
    const { ipAddress, dropletId } = inputs;
    const path = `${addressPath(String(ipAddress))}/actions`;
    await completed(
      context,
      await context.api.request('POST', path, { type: 'assign', droplet_id: dropletId ?? null }),
    );
    return { id: `${dropletId}-${ipAddress}-${randomUUID()}`, outputs: inputs };
  },
  read: async ({ api }, id, state) => {
    const answer = await api.find(addressPath(String(state.ipAddress)));
    const assigned = ((answer?.reserved_ip as JsonObject | undefined)?.droplet as JsonObject | null)?.id;
    return assigned === state.dropletId ? { id, outputs: state } : undefined;
  },
  update: async (_, id, __, after) => ({ id, outputs: after }),
  remove: async (context, id, state) => {
    if ((await reservedIpAssignment.read(context, id, state)) === undefined) return;
    const path = `${addressPath(String(state.ipAddress))}/actions`;
    await completed(context, await context.api.request('POST', path, { type: 'unassign' }));
  },
};

/** A volume: it can only grow. */
export const volume: Resource = {
  create: async ({ api }, inputs) => {
    const { size, initialFilesystemType, initialFilesystemLabel, ...rest } = inputs;
    const body = {
      ...rest,
      size_gigabytes: size ?? null,
      filesystem_type: initialFilesystemType ?? '',
      filesystem_label: initialFilesystemLabel ?? '',
    };
    const { volume: made } = await api.request('POST', '/v2/volumes', body);
    return liveVolume(made as JsonObject, inputs);
  },
  read: async ({ api }, id, state) => {
    const answer = await api.find(volumePath(id));
    return answer && liveVolume(answer.volume as JsonObject, state);
  },
  update: async (context, id, before, after) => {
    if (before.size !== after.size)
      await completed(
        context,
        await context.api.request('POST', `${volumePath(id)}/actions`, {
          type: 'resize',
          size_gigabytes: after.size ?? null,
          region: after.region ?? null,
        }),
      );
    return found(await volume.read(context, id, after), 'Volume', id);
  },
  remove: ({ api }, id) => api.remove(volumePath(id)),
};

const liveVolume = (object: JsonObject, inputs: Properties): Live => ({
  id: String(object.id),
  outputs: {
    ...inputs,
    name: object.name ?? null,
    region: slug(object.region),
    size: object.size_gigabytes ?? null,
    tags: object.tags ?? [],
    dropletIds: object.droplet_ids ?? [],
    volumeUrn: `do:volume:${object.id}`,
  },
});

/** Which droplet a volume is attached to. */
export const volumeAttachment: Resource = {
  create: async (context, inputs) => {
    await tie(context, inputs, 'attach');
    return { id: `${inputs.dropletId}-${inputs.volumeId}-${randomUUID()}`, outputs: inputs };
  },
  read: async ({ api }, id, state) => {
    const answer = await api.find(volumePath(String(state.volumeId)));
    const droplets = ((answer?.volume as JsonObject | undefined)?.droplet_ids ?? []) as number[];
    return droplets.includes(Number(state.dropletId)) ? { id, outputs: state } : undefined;
  },
  update: async (_, id, __, after) => ({ id, outputs: after }),
  remove: async (context, id, state) => {
    if ((await volumeAttachment.read(context, id, state)) !== undefined) await tie(context, state, 'detach');
  },
};

async function tie(context: Context, { volumeId, dropletId }: Properties, type: string): Promise<void> {
  const body = { type, droplet_id: dropletId ?? null };
  await completed(
    context,
    await context.api.request('POST', `${volumePath(String(volumeId))}/actions`, body),
  );
}

function found(live: Live | undefined, type: string, id: string): Live {
  if (live === undefined) throw gone(type, id);
  return live;
}
