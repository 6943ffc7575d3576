import type { RegistriesConfiguration } from '../../../lib/constructs/registry/registries-configuration.js';

/** Where images of a registry are asked for after its mirrors. Docker's own hub answers at another name. */
const serverOf = (registry: string): string =>
  registry === 'docker.io' ? 'https://registry-1.docker.io/v2' : `https://${registry}/v2`;

/**
 * What k3s makes of its `registries.yaml` for containerd: a `hosts.toml` a registry, by the registry's name.
 * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function hostsToml({ mirrors, configs }: RegistriesConfiguration): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(mirrors).map(([registry, { endpoint = [] }]) => {
      const hosts = endpoint.flatMap((url) => {
        const authority = configs[new URL(url).host]?.tls.ca_file;
        return [
          '',
          `[host.${JSON.stringify(`${url.replace(/\/$/, '')}/v2`)}]`,
          '  capabilities = ["pull", "resolve"]',
          '  override_path = true',
          ...(authority === undefined ? [] : [`  ca = ${JSON.stringify([authority])}`]),
        ];
      });
      return [registry, `${[`server = ${JSON.stringify(serverOf(registry))}`, ...hosts].join('\n')}\n`];
    }),
  );
}
