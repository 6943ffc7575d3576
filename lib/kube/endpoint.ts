import type { EnvVar } from 'kubernetes-types/core/v1';
import { protocolOf } from './port.js';
import type { SecretRef } from './secret-ref.js';

/** Where a network path ends: pods of the cluster, or addresses outside it. */
export type NetworkPeer =
  | { readonly kind: 'pods'; readonly name: string; readonly namespace: string | undefined }
  | { readonly kind: 'internet' }
  | { readonly kind: 'addresses'; readonly cidrs: readonly string[] };

/** Something that a workload can use: a service, a store, or a thing outside the cluster. */
export interface Endpoint {
  /** Prefix of the variables that dependents get: `cache` gives `CACHE_HOST`. */
  readonly name: string;
  /** What dependents get, without the prefix: `{ HOST, PORT, URL }`. */
  readonly variables: Readonly<Record<string, string | SecretRef>>;
  readonly peer: NetworkPeer;
  /** TCP ports that dependents may reach. */
  readonly ports: readonly number[];
}

/** `cache` → `CACHE`, `rate-limit` → `RATE_LIMIT`. */
export const variablePrefix = (name: string): string => name.toUpperCase().replaceAll('-', '_');

/** A container's variable from a plain value or a secret reference. */
export const envVar = (name: string, value: string | SecretRef): EnvVar =>
  typeof value === 'string'
    ? { name, value }
    : { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } };

/** The variables that a dependent gets from what it uses. */
export const endpointVariables = (endpoints: readonly Endpoint[]): Record<string, string | SecretRef> =>
  Object.fromEntries(
    endpoints.flatMap(({ name, variables }) =>
      Object.entries(variables).map(([key, value]) => [`${variablePrefix(name)}_${key}`, value]),
    ),
  );

/** How a URL begins, by what a port's name or a scheme says; gRPC clients want the resolver's name before it. */
const SCHEMES = { http: 'http://', https: 'https://', grpc: 'dns:///', tcp: 'tcp://' } as const;

/** `https` → `https://host:port`; a scheme of one's own such as `postgres` stays as it is. */
export const serviceUrl = (scheme: string, host: string, port: number): string =>
  `${Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme as keyof typeof SCHEMES] : `${scheme}://`}${host}:${port}`;

/** The name by which pods of any namespace reach a Service; inside one chart without a namespace, its own name. */
export const serviceHost = (name: string, namespace: string | undefined): string =>
  namespace ? `${name}.${namespace}.svc` : name;

/** The variables of a service inside the cluster; the first port is the main one. */
export function serviceVariables(
  name: string,
  namespace: string | undefined,
  ports: Readonly<Record<string, number>>,
): Record<string, string> {
  const host = serviceHost(name, namespace);
  const [[mainName = '', mainPort = 0] = [], ...others] = Object.entries(ports);
  return {
    HOST: host,
    PORT: `${mainPort}`,
    URL: serviceUrl(mainName === 'https' ? 'https' : protocolOf(mainName), host, mainPort),
    ...Object.fromEntries(others.map(([key, port]) => [`${variablePrefix(key)}_PORT`, `${port}`])),
  };
}
