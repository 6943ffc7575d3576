import type { Account } from './account.js';
import { now } from './account.js';
import { conflict, unprocessable } from './api-error.js';
import { regionOf } from './catalogue.js';
import { type JsonObject, number, string } from './json.js';
import { type Answer, GONE, type Request, type Route } from './router.js';

const numbers = (object: JsonObject, key: string): number[] => object[key] as number[];

/** Reserved addresses and volumes: both are tied to a droplet by actions. */
export const addressesAndVolumes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/reserved_ips',
    handle: ({ account, body }) => {
      const region = regionOf(string(body, 'region'));
      if (region === undefined) throw unprocessable('Region is not valid.');
      const ip = `198.51.100.${account.nextNumber() % 250}`;
      const reserved = account.add('reserved_ips', ip, { ip, region, droplet: null, locked: false });
      return { status: 202, body: { reserved_ip: reserved } };
    },
  },
  {
    method: 'GET',
    path: '/v2/reserved_ips/:ip',
    handle: ({ account, params: { ip = '' } }) => ({
      body: { reserved_ip: account.get('reserved_ips', ip) },
    }),
  },
  {
    method: 'DELETE',
    path: '/v2/reserved_ips/:ip',
    handle: ({ account, params: { ip = '' } }) => {
      account.get('reserved_ips', ip);
      account.all('reserved_ips').delete(ip);
      return GONE;
    },
  },
  { method: 'POST', path: '/v2/reserved_ips/:ip/actions', handle: actOnAddress },
  {
    method: 'GET',
    path: '/v2/reserved_ips/:ip/actions/:action',
    handle: ({ account, params: { action = '' } }) => ({ body: { action: account.action(action) } }),
  },
  {
    method: 'GET',
    path: '/v2/actions/:action',
    handle: ({ account, params: { action = '' } }) => ({ body: { action: account.action(action) } }),
  },
  {
    method: 'POST',
    path: '/v2/volumes',
    handle: ({ account, body }) => {
      const region = regionOf(string(body, 'region'));
      if (region === undefined) throw unprocessable('Region is not valid.');
      if (account.list('volumes').some(({ name }) => name === body.name))
        throw conflict('a volume with that name already exists');
      const id = account.nextUuid();
      const volume = account.add('volumes', id, {
        id,
        name: body.name ?? null,
        region,
        size_gigabytes: body.size_gigabytes ?? null,
        description: body.description ?? '',
        filesystem_type: body.filesystem_type ?? '',
        filesystem_label: body.filesystem_label ?? '',
        tags: body.tags ?? [],
        droplet_ids: [],
        created_at: now(),
      });
      return { status: 201, body: { volume } };
    },
  },
  {
    method: 'GET',
    path: '/v2/volumes/:id',
    handle: ({ account, params: { id = '' } }) => ({ body: { volume: account.get('volumes', id) } }),
  },
  {
    method: 'DELETE',
    path: '/v2/volumes/:id',
    handle: ({ account, params: { id = '' } }) => {
      if (numbers(account.get('volumes', id), 'droplet_ids').length > 0)
        throw conflict('volume is attached to a droplet');
      account.all('volumes').delete(id);
      return GONE;
    },
  },
  { method: 'POST', path: '/v2/volumes/:id/actions', handle: actOnVolume },
];

function actOnAddress({ account, params: { ip = '' }, body }: Request): Answer {
  const reserved = account.get('reserved_ips', ip);
  const droplet = body.type === 'assign' ? booted(account, body) : null;
  const action = account.act(`${string(body, 'type')}_ip`, { id: ip }, () => {
    reserved.droplet = droplet;
  });
  return { status: 201, body: { action } };
}

function booted(account: Account, body: JsonObject): JsonObject {
  const droplet = account.get('droplets', String(body.droplet_id));
  if (droplet.status !== 'active') throw unprocessable('Droplet is not ready yet.');
  return droplet;
}

function actOnVolume({ account, params: { id = '' }, body }: Request): Answer {
  const volume = account.get('volumes', id);
  const type = string(body, 'type');
  const attached = numbers(volume, 'droplet_ids');
  const size = number(body, 'size_gigabytes');
  if (type === 'attach' && attached.length > 0)
    throw unprocessable('Volume is already attached to a Droplet.');
  if (type === 'resize' && size <= number(volume, 'size_gigabytes'))
    throw unprocessable('Volumes can only be made larger.');
  const droplet = type === 'resize' ? undefined : account.get('droplets', String(body.droplet_id));
  const effects: Record<string, () => void> = {
    attach: () => tie(volume, droplet ?? {}),
    detach: () => untie(volume, droplet ?? {}),
    resize: () => Object.assign(volume, { size_gigabytes: size }),
  };
  const effect = effects[type];
  if (effect === undefined) throw unprocessable(`There is no action "${type}".`);
  return { status: 202, body: { action: account.act(`${type}_volume`, volume, effect) } };
}

function tie(volume: JsonObject, droplet: JsonObject): void {
  volume.droplet_ids = [number(droplet, 'id')];
  droplet.volume_ids = [...(droplet.volume_ids as string[]), string(volume, 'id')];
}

function untie(volume: JsonObject, droplet: JsonObject): void {
  volume.droplet_ids = [];
  droplet.volume_ids = (droplet.volume_ids as string[]).filter((id) => id !== volume.id);
}
