/** k3s' `/etc/rancher/k3s/registries.yaml`. @see https://docs.k3s.io/installation/private-registry */
export interface RegistriesConfiguration {
  /** By the registry's name as images say it; without `endpoint` nodes share its images among themselves. */
  readonly mirrors: Readonly<Record<string, { readonly endpoint?: readonly string[] }>>;
  /** By the host and port that is connected to. Credentials are not written here: pods name image pull secrets. */
  readonly configs: Readonly<Record<string, { readonly tls: { readonly ca_file: string } }>>;
}

/** One registry as a node reaches it. */
export interface NodeRegistry {
  /** What images begin with: `registry.internal`, `registry.example.com`, `docker.io`. */
  readonly name: string;
  /** Where it answers; the name itself is tried after it. @default the name alone, over https */
  readonly endpoint?: string;
  /** Absolute path on the node of the certificate authority that signed its certificate. @default the node's own */
  readonly caFile?: string;
}

export interface RegistriesOptions {
  /** Registries whose images nodes share, where k3s runs with `embedded-registry`; `*` is every one. @default none */
  readonly shared?: readonly string[];
}

/**
 * What every node's `registries.yaml` holds, as data; JSON is YAML, so `JSON.stringify` writes it.
 *
 * It holds no secret: k3s itself takes credentials from this file only, in clear and read at its start, so pods bring
 * them instead (`imagePullSecrets`).
 *
 * @example
 * registriesConfiguration([nodeRegistry({ host: 'registry.example.com' })]);
 * // { mirrors: { 'registry.example.com': { endpoint: ['http://10.43.0.50:5000'] } }, configs: {} }
 */
export function registriesConfiguration(
  registries: readonly NodeRegistry[],
  { shared = [] }: RegistriesOptions = {},
): RegistriesConfiguration {
  const mirrors = new Map<string, { endpoint?: string[] }>(shared.map((name) => [name, {}]));
  const configs = new Map<string, { tls: { ca_file: string } }>();
  for (const { name, endpoint, caFile } of registries) {
    if (endpoint !== undefined) mirrors.set(name, { endpoint: [endpoint] });
    if (caFile !== undefined) configs.set(hostOf(endpoint ?? name), { tls: { ca_file: caFile } });
  }
  return { mirrors: Object.fromEntries(mirrors), configs: Object.fromEntries(configs) };
}

/** `https://registry.example.com:5000/v2` → `registry.example.com:5000`. */
const hostOf = (endpoint: string): string => endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
