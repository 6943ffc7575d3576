import type { ApplicationSettings, ClusterSettings } from '../../lib/config/application-schema.js';
import { environmentsOf } from '../../lib/config/selection.js';

/** A cluster that Keelson makes, and what the application says of it. */
export interface ClusterToMake {
  /** As the application names it. */
  readonly name: string;
  readonly settings: ClusterSettings;
  /** Hosts that lead to it, each with everything below it. */
  readonly domains: readonly string[];
}

/** Name of the stack that owns a cluster's machines. */
export const machinesStack = (cluster: string): string => `${cluster}-machines`;

/** Those among the clusters that have machines of their own or a provider's. */
export const clustersToMake = (
  application: Omit<ApplicationSettings, 'services'>,
  names: readonly string[],
): ClusterToMake[] =>
  Object.entries(application.clusters)
    .filter(([name, { machines, managed }]) => names.includes(name) && (machines ?? managed))
    .map(([name, settings]) => ({ name, settings, domains: domainsOf(application, name, settings) }));

function domainsOf(
  application: Omit<ApplicationSettings, 'services'>,
  cluster: string,
  { registry }: ClusterSettings,
): string[] {
  const domains = environmentsOf(application)
    .filter((environment) => environment.cluster === cluster)
    .map(({ name, domain }) => domain ?? `${name}.${application.domain}`);
  const covered = (host: string) => domains.some((domain) => host.replace(/^[^.]+\./, '') === domain);
  const further = registry?.host !== undefined && !covered(registry.host) ? [registry.host] : [];
  return [...new Set([...domains, ...further])];
}

/** Whether a host can be a record of the zone. */
export const isIn = (zone: string | undefined, host: string): boolean =>
  zone !== undefined && (host === zone || host.endsWith(`.${zone}`));
