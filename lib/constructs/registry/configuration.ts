import { dump } from 'js-yaml';

/** Where everything is in the registry's containers. */
export const REGISTRY_PATHS = {
  configuration: '/etc/keelson/registry',
  storage: '/var/lib/registry',
  users: '/etc/keelson/registry-users',
} as const;

export const REGISTRY_PORT = 5000;
export const REGISTRY_METRICS_PORT = 5001;

/** Seconds that requests under way get when the server stops; less than the pod's grace period. */
const DRAIN_SECONDS = 25;

export interface RegistryConfiguration {
  /** Ask for a user and a password. */
  readonly users: boolean;
  readonly metrics: boolean;
  /** Answer pulls only. */
  readonly readOnly: boolean;
}

/**
 * The server's settings.
 *
 * There is no cache of what is stored: it would outlive a blob that a collection deletes.
 *
 * @see https://distribution.github.io/distribution/about/configuration/
 */
export const registryConfiguration = ({ users, metrics, readOnly }: RegistryConfiguration): string =>
  dump(
    {
      version: 0.1,
      log: { level: 'info', formatter: 'json', accesslog: { disabled: true } },
      storage: {
        filesystem: { rootdirectory: REGISTRY_PATHS.storage },
        delete: { enabled: true },
        maintenance: {
          readonly: { enabled: readOnly },
          // Uploads that were never ended.
          uploadpurging: { enabled: !readOnly, age: '24h', interval: '24h', dryrun: false },
        },
      },
      http: {
        addr: `:${REGISTRY_PORT}`,
        draintimeout: `${DRAIN_SECONDS}s`,
        headers: { 'X-Content-Type-Options': ['nosniff'] },
        ...(metrics && {
          debug: { addr: `:${REGISTRY_METRICS_PORT}`, prometheus: { enabled: true, path: '/metrics' } },
        }),
      },
      ...(users && { auth: { htpasswd: { realm: 'registry', path: `${REGISTRY_PATHS.users}/htpasswd` } } }),
      health: { storagedriver: { enabled: true, interval: '10s', threshold: 3 } },
    },
    { lineWidth: -1, noRefs: true },
  );
