import { createHash } from 'node:crypto';
import { type Account, now } from './account.js';
import { conflict, forbidden, unprocessable } from './api-error.js';
import { regionOf } from './catalogue.js';
import { type JsonObject, string, strings } from './json.js';
import { GONE, type Route } from './router.js';

/** A kind of object that is made, read, changed and deleted, and no more. */
interface Kind {
  /** Where the account keeps it. */
  readonly kind: string;
  readonly path: string;
  readonly one: string;
  readonly many: string;
  /** The object of a request. @throws ApiError where it is refused */
  readonly make: (body: JsonObject, account: Account) => JsonObject & { readonly id?: string | number };
  /** Which of its keys names it. @default id */
  readonly key?: string;
  /** Brings it on with each question. */
  readonly look?: (object: JsonObject, account: Account) => void;
  /** @throws ApiError where it is still needed */
  readonly mayGo?: (object: JsonObject, account: Account) => void;
  readonly hide?: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    kind: 'keys',
    path: '/v2/account/keys',
    one: 'ssh_key',
    many: 'ssh_keys',
    make: (body, account) => {
      const [, blob = ''] = string(body, 'public_key').split(' ');
      if (blob === '') throw unprocessable('Key invalid, key should be of the format `type key comment`');
      const digest = createHash('md5').update(Buffer.from(blob, 'base64')).digest('hex');
      const fingerprint = digest.replace(/..(?!$)/g, '$&:');
      if (account.list('keys').some((other) => other.fingerprint === fingerprint))
        throw unprocessable('SSH Key is already in use on your account');
      return { id: account.nextNumber(), ...body, fingerprint };
    },
  },
  {
    kind: 'tags',
    path: '/v2/tags',
    one: 'tag',
    many: 'tags',
    key: 'name',
    make: (body) => ({ name: body.name ?? null, resources: { count: 0 } }),
  },
  {
    kind: 'vpcs',
    path: '/v2/vpcs',
    one: 'vpc',
    many: 'vpcs',
    make: (body, account) => {
      if (regionOf(string(body, 'region')) === undefined) throw unprocessable('region is not valid');
      if (account.list('vpcs').some(({ ip_range: range }) => range === body.ip_range))
        throw unprocessable('This range/size overlaps with another VPC network in your account');
      return { id: account.nextUuid(), description: '', default: false, created_at: now(), ...body };
    },
    mayGo: ({ id }, account) => {
      if (account.list('droplets').some((droplet) => droplet.vpc_uuid === id))
        throw forbidden('Can not delete VPC with members');
    },
  },
  {
    kind: 'firewalls',
    path: '/v2/firewalls',
    one: 'firewall',
    many: 'firewalls',
    make: (body, account) => {
      const missing = strings(body, 'tags').filter((tag) => !account.all('tags').has(tag));
      if (missing.length > 0) throw unprocessable(`tag ${missing.join(', ')} does not exist`);
      return { id: account.nextUuid(), status: 'succeeded', created_at: now(), pending_changes: [], ...body };
    },
  },
  {
    kind: 'load_balancers',
    path: '/v2/load_balancers',
    one: 'load_balancer',
    many: 'load_balancers',
    make: (body, account) => ({
      id: account.nextUuid(),
      status: 'new',
      ip: '',
      ...body,
      region: regionOf(string(body, 'region')) ?? null,
    }),
    look: (balancer, account) => {
      if (balancer.ip === '' && account.polled(`balancer ${balancer.id}`) >= account.faults.bootPolls)
        Object.assign(balancer, { status: 'active', ip: `192.0.2.${account.nextNumber() % 250}` });
    },
  },
  {
    kind: 'domains',
    path: '/v2/domains',
    one: 'domain',
    many: 'domains',
    key: 'name',
    make: (body, account) => {
      if (account.all('domains').has(string(body, 'name')))
        throw unprocessable('Domain name already exists in your account');
      return { name: body.name ?? null, ttl: 1800, zone_file: '' };
    },
    mayGo: ({ name }, account) => account.all(`records of ${name}`).clear(),
  },
  {
    kind: 'certificates',
    path: '/v2/certificates',
    one: 'certificate',
    many: 'certificates',
    make: (body, account) => ({ id: account.nextUuid(), state: 'verified', created_at: now(), ...body }),
  },
  {
    kind: 'projects',
    path: '/v2/projects',
    one: 'project',
    many: 'projects',
    make: (body, account) => ({ id: account.nextUuid(), is_default: false, created_at: now(), ...body }),
  },
  {
    kind: 'spaces_keys',
    path: '/v2/spaces/keys',
    one: 'key',
    many: 'keys',
    key: 'access_key',
    make: (body, account) => ({
      ...body,
      access_key: `DO00${account.nextNumber()}`,
      secret_key: `spaces-${account.nextUuid()}`,
      created_at: now(),
    }),
    hide: ['secret_key'],
  },
];

const routesOf = ({ kind, path, one, many, key = 'id', ...rest }: Kind): Route[] => {
  const shown = (object: JsonObject) =>
    Object.fromEntries(Object.entries(object).filter(([name]) => !rest.hide?.includes(name)));
  const of = (account: Account, id: string) => {
    // A key of an account is found by its fingerprint as well.
    const byPrint = account.list(kind).find(({ fingerprint }) => fingerprint === id);
    const object = byPrint ?? account.get(kind, id);
    rest.look?.(object, account);
    return object;
  };
  const change: Route['handle'] = ({ account, params: { id = '' }, body }) => ({
    body: { [one]: shown(Object.assign(of(account, id), { ...body, ...keepRegion(body) })) },
  });
  return [
    {
      method: 'GET',
      path,
      handle: ({ account }) => ({ list: { name: many, items: account.list(kind).map(shown) } }),
    },
    {
      method: 'POST',
      path,
      handle: ({ account, body }) => {
        const object = rest.make(body, account);
        if (account.all(kind).has(String(object[key]))) throw conflict(`${one} exists already`);
        return { status: 201, body: { [one]: account.add(kind, object[key] ?? null, object) } };
      },
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      handle: ({ account, params: { id = '' } }) => ({ body: { [one]: shown(of(account, id)) } }),
    },
    { method: 'PUT', path: `${path}/:id`, handle: change },
    { method: 'PATCH', path: `${path}/:id`, handle: change },
    {
      method: 'DELETE',
      path: `${path}/:id`,
      handle: ({ account, params: { id = '' } }) => {
        const object = of(account, id);
        rest.mayGo?.(object, account);
        account.all(kind).delete(String(object[key]));
        return GONE;
      },
    },
  ];
};

/** A region is sent as its slug and answered as an object. */
const keepRegion = (body: JsonObject): JsonObject =>
  typeof body.region === 'string' ? { region: regionOf(body.region) ?? null } : {};

export const plainResources: readonly Route[] = KINDS.flatMap(routesOf);
