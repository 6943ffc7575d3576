import { now } from './account.js';
import { notFound, unprocessable } from './api-error.js';
import { type JsonObject, string } from './json.js';
import { type Answer, GONE, type Request, type Route } from './router.js';

/** Objects that belong to another: records of a domain, what is in a project, tags of things, users of a database. */
export const nestedResources: readonly Route[] = [
  {
    method: 'GET',
    path: '/v2/domains/:domain/records',
    handle: ({ account, params: { domain } }) => ({
      list: { name: 'domain_records', items: account.list(`records of ${domain}`) },
    }),
  },
  {
    method: 'POST',
    path: '/v2/domains/:domain/records',
    handle: ({ account, params: { domain = '' }, body }) => {
      account.get('domains', domain);
      const id = account.nextNumber();
      const record = account.add(`records of ${domain}`, id, { id, ttl: 1800, ...body });
      return { status: 201, body: { domain_record: record } };
    },
  },
  {
    method: 'GET',
    path: '/v2/domains/:domain/records/:id',
    handle: ({ account, params: { domain, id = '' } }) => ({
      body: { domain_record: account.get(`records of ${domain}`, id) },
    }),
  },
  {
    method: 'PUT',
    path: '/v2/domains/:domain/records/:id',
    handle: ({ account, params: { domain, id = '' }, body }) => ({
      body: { domain_record: Object.assign(account.get(`records of ${domain}`, id), body) },
    }),
  },
  {
    method: 'DELETE',
    path: '/v2/domains/:domain/records/:id',
    handle: ({ account, params: { domain, id = '' } }) => {
      account.get(`records of ${domain}`, id);
      account.all(`records of ${domain}`).delete(id);
      return GONE;
    },
  },
  {
    method: 'GET',
    path: '/v2/projects/:id/resources',
    handle: ({ account, params: { id } }) => ({
      list: { name: 'resources', items: account.list(`resources of ${id}`) },
    }),
  },
  {
    method: 'POST',
    path: '/v2/projects/:id/resources',
    handle: ({ account, params: { id = '' }, body }) => {
      account.get('projects', id);
      const resources = (body.resources as string[]).map((urn) =>
        account.add(`resources of ${id}`, urn, { urn, assigned_at: now(), status: 'ok' }),
      );
      return { body: { resources } };
    },
  },
  { method: 'POST', path: '/v2/tags/:name/resources', handle: (request) => tag(request, true) },
  { method: 'DELETE', path: '/v2/tags/:name/resources', handle: (request) => tag(request, false) },
  {
    method: 'POST',
    path: '/v2/databases/:id/users',
    handle: ({ account, params: { id = '' }, body }) => {
      account.get('databases', id);
      const users = `users of ${id}`;
      const name = string(body, 'name');
      if (account.all(users).has(name)) throw unprocessable('user already exists');
      const user = { role: 'normal', password: `kafka-${account.nextUuid()}`, settings: {}, ...body };
      return { status: 201, body: { user: account.add(users, name, user) } };
    },
  },
  {
    method: 'GET',
    path: '/v2/databases/:id/users/:name',
    handle: ({ account, params: { id, name = '' } }) => ({
      body: { user: account.get(`users of ${id}`, name) },
    }),
  },
  {
    method: 'PUT',
    path: '/v2/databases/:id/users/:name',
    handle: ({ account, params: { id, name = '' }, body }) => ({
      body: { user: Object.assign(account.get(`users of ${id}`, name), body) },
    }),
  },
  {
    method: 'DELETE',
    path: '/v2/databases/:id/users/:name',
    handle: ({ account, params: { id, name = '' } }) => {
      account.get(`users of ${id}`, name);
      account.all(`users of ${id}`).delete(name);
      return GONE;
    },
  },
];

const TAGGED: Readonly<Record<string, string>> = { droplet: 'droplets', volume: 'volumes' };

function tag({ account, params: { name = '' }, body }: Request, add: boolean): Answer {
  account.get('tags', name);
  for (const { resource_id: id, resource_type: type } of body.resources as JsonObject[]) {
    const kind = TAGGED[String(type)];
    if (kind === undefined) throw notFound();
    const object = account.get(kind, String(id));
    const others = (object.tags as string[]).filter((other) => other !== name);
    object.tags = add ? [...others, name] : others;
  }
  return GONE;
}
