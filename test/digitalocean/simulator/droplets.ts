import type { Account } from './account.js';
import { now } from './account.js';
import { unprocessable } from './api-error.js';
import { IMAGES, regionOf, sizeOf } from './catalogue.js';
import { type JsonObject, string, strings } from './json.js';
import { type Answer, GONE, type Request, type Route } from './router.js';

/** Droplets: they boot when they are asked after, and most changes are actions. */
export const droplets: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/droplets',
    handle: ({ account, query }) => ({
      list: {
        name: 'droplets',
        items: account
          .list('droplets')
          .filter(
            (droplet) =>
              !query.has('tag_name') || strings(droplet, 'tags').includes(query.get('tag_name') ?? ''),
          ),
      },
    }),
  },
  { method: 'POST', path: '/v2/droplets', handle: create },
  {
    method: 'GET',
    path: '/v2/droplets/:id',
    handle: ({ account, params: { id = '' } }) => ({ body: { droplet: look(account, id) } }),
  },
  { method: 'DELETE', path: '/v2/droplets/:id', handle: remove },
  { method: 'POST', path: '/v2/droplets/:id/actions', handle: act },
];

function create({ account, body }: Request): Answer {
  const [region, size] = [regionOf(string(body, 'region')), sizeOf(string(body, 'size'))];
  if (region === undefined) throw unprocessable('Region is not valid.');
  if (size === undefined) throw unprocessable('You specified an invalid size for Droplet creation.');
  if (!strings(size, 'regions').includes(string(body, 'region')))
    throw unprocessable('Size is not available in this region.');
  if (!IMAGES.includes(string(body, 'image')))
    throw unprocessable('You specified an invalid image for Droplet creation.');
  const keys = account.list('keys');
  const unknown = strings(body, 'ssh_keys').filter(
    (key) => !keys.some(({ id, fingerprint }) => key === String(id) || key === fingerprint),
  );
  if (unknown.length > 0)
    throw unprocessable(`${unknown.join(', ')} are invalid key identifiers for Droplet creation.`);
  if (Buffer.byteLength(string(body, 'user_data')) > 65_536) throw unprocessable('User data is too long.');
  if (account.list('droplets').length >= account.faults.dropletLimit)
    throw unprocessable('creating this/these droplet(s) will exceed your droplet limit');

  const id = account.nextNumber();
  const last = id % 250;
  const droplet = account.add('droplets', id, {
    id,
    name: body.name ?? null,
    status: 'new',
    locked: true,
    created_at: now(),
    memory: size.memory ?? null,
    vcpus: size.vcpus ?? null,
    disk: size.disk ?? null,
    size,
    size_slug: size.slug ?? null,
    region,
    image: { slug: body.image ?? null },
    features: [
      'private_networking',
      ...(body.ipv6 === true ? ['ipv6'] : []),
      ...(body.monitoring === true ? ['monitoring'] : []),
      ...(body.backups === true ? ['backups'] : []),
    ],
    tags: body.tags ?? [],
    volume_ids: [],
    vpc_uuid: body.vpc_uuid ?? null,
    networks: {
      v4: [
        { ip_address: `10.110.0.${last}`, netmask: '255.255.240.0', gateway: '10.110.0.1', type: 'private' },
        { ip_address: `203.0.113.${last}`, netmask: '255.255.255.0', gateway: '203.0.113.1', type: 'public' },
      ],
      v6: body.ipv6 === true ? [{ ip_address: `2001:db8::${last}`, type: 'public' }] : [],
    },
  });
  account.onDroplet(string(body, 'name'), string(body, 'user_data'));
  for (const tag of strings(body, 'tags'))
    if (!account.all('tags').has(tag)) account.add('tags', tag, { name: tag });
  return { status: 202, body: { droplet, links: { actions: [] } } };
}

/** The droplet as it is now; asking brings its boot on. */
function look(account: Account, id: string): JsonObject {
  const droplet = account.get('droplets', id);
  const name = string(droplet, 'name');
  const { faults } = account;
  if (droplet.status === 'new' && faults.vanish.delete(name)) account.all('droplets').delete(id);
  if (
    droplet.status === 'new' &&
    !faults.neverBoot.has(name) &&
    account.polled(`droplet ${id}`) >= faults.bootPolls
  )
    Object.assign(droplet, { status: 'active', locked: false });
  return account.get('droplets', id);
}

function remove({ account, params: { id = '' } }: Request): Answer {
  const droplet = account.get('droplets', id);
  account.all('droplets').delete(id);
  for (const volume of account.list('volumes'))
    volume.droplet_ids = (volume.droplet_ids as number[]).filter((other) => other !== droplet.id);
  for (const reserved of account.list('reserved_ips'))
    if ((reserved.droplet as JsonObject | null)?.id === droplet.id) reserved.droplet = null;
  return GONE;
}

function act({ account, params: { id = '' }, body }: Request): Answer {
  const droplet = account.get('droplets', id);
  const type = string(body, 'type');
  const features = strings(droplet, 'features');
  const effects: Record<string, () => void> = {
    power_off: () => Object.assign(droplet, { status: 'off' }),
    shutdown: () => Object.assign(droplet, { status: 'off' }),
    power_on: () => Object.assign(droplet, { status: 'active' }),
    rename: () => Object.assign(droplet, { name: body.name }),
    resize: () => resize(droplet, body),
    enable_backups: () => Object.assign(droplet, { features: [...features, 'backups'] }),
    disable_backups: () =>
      Object.assign(droplet, { features: features.filter((feature) => feature !== 'backups') }),
    enable_ipv6: () => Object.assign(droplet, { features: [...features, 'ipv6'] }),
  };
  const effect = effects[type];
  if (effect === undefined) throw unprocessable(`There is no action "${type}".`);
  if (type === 'power_off' && droplet.status === 'off') throw unprocessable('Droplet is already powered off');
  if (type === 'resize' && droplet.status !== 'off')
    throw unprocessable('Droplet is not powered off; this size change needs it to be.');
  if (
    type === 'resize' &&
    !strings(sizeOf(string(body, 'size')) ?? {}, 'regions').includes(
      string(droplet.region as JsonObject, 'slug'),
    )
  )
    throw unprocessable('Size is not available in this region.');
  return { status: 201, body: { action: account.act(type, droplet, effect) } };
}

function resize(droplet: JsonObject, body: JsonObject): void {
  const size = sizeOf(string(body, 'size')) ?? {};
  Object.assign(droplet, {
    size,
    size_slug: size.slug,
    memory: size.memory,
    vcpus: size.vcpus,
    ...(body.disk === true && { disk: size.disk }),
  });
}
