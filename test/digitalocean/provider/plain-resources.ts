import { list, type Properties, text } from '../../../embedded/kubernetes-provider/property-values.js';
import type { JsonObject } from '../simulator/json.js';
import { toApi, toSdk } from './naming.js';
import { gone, type Live, type Resource, waitFor } from './resource.js';

/** A type that is posted, read, put and deleted, with its names changed on the way. */
interface Plain {
  /** Where objects of the type are, by its inputs. */
  readonly path: (inputs: Properties) => string;
  /** The key under which one is answered. */
  readonly one: string;
  readonly id: (object: JsonObject) => unknown;
  /** The key under which the SDK tells DigitalOcean's own name of it. */
  readonly urn?: string;
  /** @default snake case */
  readonly send?: (inputs: Properties) => JsonObject;
  /** What the state has besides the inputs. @default the scalars of the answer, in camel case */
  readonly shown?: (object: JsonObject) => Properties;
  /** @default it is ready at once */
  readonly ready?: (object: JsonObject) => boolean;
}

const PLAIN: Readonly<Record<string, Plain>> = {
  SshKey: { path: () => '/v2/account/keys', one: 'ssh_key', id: ({ id }) => id },
  Tag: { path: () => '/v2/tags', one: 'tag', id: ({ name }) => name },
  Vpc: { path: () => '/v2/vpcs', one: 'vpc', id: ({ id }) => id, urn: 'vpcUrn' },
  Firewall: {
    path: () => '/v2/firewalls',
    one: 'firewall',
    id: ({ id }) => id,
    send: (inputs) => ({
      ...toApi(inputs),
      inbound_rules: list(inputs, 'inboundRules').map((rule) => apiRule(rule, 'source')),
      outbound_rules: list(inputs, 'outboundRules').map((rule) => apiRule(rule, 'destination')),
    }),
  },
  LoadBalancer: {
    path: () => '/v2/load_balancers',
    one: 'load_balancer',
    id: ({ id }) => id,
    urn: 'loadBalancerUrn',
    send: ({ dropletTag, ...inputs }) => ({ ...toApi(inputs), tag: dropletTag ?? null }),
    ready: ({ status }) => status === 'active',
  },
  Domain: { path: () => '/v2/domains', one: 'domain', id: ({ name }) => name, urn: 'domainUrn' },
  DnsRecord: {
    path: ({ domain }) => `/v2/domains/${domain}/records`,
    one: 'domain_record',
    id: ({ id }) => id,
    send: ({ value, domain: _, ...inputs }) => ({ ...toApi(inputs), data: value ?? null }),
    shown: ({ data, name, ttl }) => ({ value: data ?? null, name: name ?? null, ttl: ttl ?? null }),
  },
  SpacesKey: {
    path: () => '/v2/spaces/keys',
    one: 'key',
    id: ({ access_key }) => access_key,
  },
  DatabaseUser: {
    path: ({ clusterId }) => `/v2/databases/${clusterId}/users`,
    one: 'user',
    id: ({ name }) => name,
    send: ({ name, settings }) => ({
      name: name ?? null,
      settings: { acl: list({ settings: settings ?? [] }, 'settings', 0, 'acls').map(toApi) },
    }),
    shown: ({ role, password }) => ({ role: role ?? null, password: password ?? null }),
  },
};

/** `{ portRange, sourceTags }` → `{ ports, sources: { tags } }`. */
function apiRule(rule: Properties, side: 'source' | 'destination'): JsonObject {
  const ends = Object.entries(rule).filter(([key]) => key.startsWith(side));
  return {
    protocol: text(rule, 'protocol'),
    ...(rule.portRange !== undefined && { ports: rule.portRange }),
    [`${side}s`]: toApi(
      Object.fromEntries(
        ends.map(([key, value]) => [key.slice(side.length).replace(/^./, (a) => a.toLowerCase()), value]),
      ),
    ),
  };
}

const scalars = (object: JsonObject): Properties =>
  toSdk(
    Object.fromEntries(
      Object.entries(object).filter(
        ([key, value]) => key !== 'id' && value !== null && typeof value !== 'object',
      ),
    ),
  );

function resourceOf(type: string, plain: Plain): Resource {
  const { path, one, id: idOf, send = toApi, shown = scalars, ready } = plain;
  const at = (id: string, inputs: Properties) => `${path(inputs)}/${encodeURIComponent(id)}`;
  const live = (object: JsonObject, inputs: Properties): Live => {
    const id = String(idOf(object));
    const urn = plain.urn === undefined ? {} : { [plain.urn]: `do:${one}:${id}` };
    return { id, outputs: { ...inputs, ...shown(object), ...urn } };
  };
  const resource: Resource = {
    create: async (context, inputs) => {
      const { [one]: made } = await context.api.request('POST', path(inputs), send(inputs));
      const object = made as JsonObject;
      if (ready === undefined) return live(object, inputs);
      return waitFor(context, `${type} to be active`, async () => {
        const { [one]: now } = await context.api.request('GET', at(String(idOf(object)), inputs));
        return ready(now as JsonObject) ? live(now as JsonObject, inputs) : undefined;
      });
    },
    read: async ({ api }, id, state) => {
      const answer = await api.find(at(id, state));
      return answer && live(answer[one] as JsonObject, state);
    },
    update: async (context, id, before, after) => {
      await context.api.request('PUT', at(id, before), send(after));
      // What is told once, such as a secret key, stays.
      const now = await resource.read(context, id, { ...before, ...after });
      if (now === undefined) throw gone(type, id);
      return now;
    },
    remove: ({ api }, id, state) => api.remove(at(id, state)),
  };
  return resource;
}

export const plainResources: Readonly<Record<string, Resource>> = Object.fromEntries(
  Object.entries(PLAIN).map(([type, plain]) => [type, resourceOf(type, plain)]),
);
