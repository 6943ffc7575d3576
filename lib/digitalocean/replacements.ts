/** What changing a property of a resource does to it. */
export type Effect = 'replace' | 'update' | 'powers off';

/** One row: the effect of changing one property. */
export interface Replacement {
  /** The SDK's class, such as `Droplet`. */
  readonly resource: string;
  readonly property: string;
  readonly effect: Effect;
  /** The change of value that has the effect; any other updates in place. @default every change */
  readonly when?: Condition;
  /** Where it was read. */
  readonly source: string;
  /** Whether a real plugin was seen to do it. */
  readonly verified: boolean;
}

interface Condition {
  readonly says: string;
  readonly holds: (before: unknown, after: unknown) => boolean;
}

/** The provider's newest source at hand, of August 2026. */
export const PROVIDER =
  'https://github.com/digitalocean/terraform-provider-digitalocean/blob/401992a1e493a0e3cfc833197820867991fc011f/digitalocean';

type Effects = Partial<Record<Effect, string>>;

const rows = (resource: string, file: string, effects: Effects): Replacement[] =>
  Object.entries(effects).flatMap(([effect, properties]) =>
    properties.split(' ').map((property) => ({
      resource,
      property,
      effect: effect as Effect,
      ...(CONDITIONS[`${resource}.${property}`] && { when: CONDITIONS[`${resource}.${property}`] }),
      source: `${PROVIDER}/${file}.go`,
      verified: false,
    })),
  );

const CONDITIONS: Readonly<Record<string, Condition>> = {
  'Droplet.ipv6': { says: 'true → false', holds: (before, after) => before === true && after !== true },
  'KubernetesCluster.version': {
    says: 'to an older one',
    holds: (before, after) =>
      typeof before === 'string' &&
      typeof after === 'string' &&
      before.localeCompare(after, 'en', { numeric: true }) > 0,
  },
};

/**
 * What an edit does, property by property: the stand-in, the previews and the documentation use this one table. No row
 * has been confirmed by a real plugin yet, and each says so.
 */
export const REPLACEMENTS: readonly Replacement[] = [
  ...rows('Droplet', 'droplet/resource_droplet', {
    replace:
      'image region sshKeys userData monitoring dropletAgent vpcUuid publicNetworking gpuPartitionMode ipv6',
    'powers off': 'size',
    update: 'name tags backups backupPolicy volumeIds resizeDisk gracefulShutdown',
  }),
  ...rows('SshKey', 'sshkey/resource_ssh_key', { replace: 'publicKey', update: 'name' }),
  ...rows('Tag', 'tag/resource_tag', { replace: 'name' }),
  ...rows('Vpc', 'vpc/resource_vpc', { replace: 'region ipRange', update: 'name description' }),
  ...rows('Firewall', 'firewall/firewalls', {
    update: 'name inboundRules outboundRules tags dropletIds',
  }),
  ...rows('ReservedIp', 'reservedip/resource_reserved_ip', { replace: 'region', update: 'dropletId' }),
  ...rows('ReservedIpAssignment', 'reservedip/resource_reserved_ip_assignment', {
    replace: 'ipAddress dropletId',
  }),
  ...rows('LoadBalancer', 'loadbalancer/resource_loadbalancer', {
    replace: 'region vpcUuid subnetUuid ip type network networkStack',
    update: 'name forwardingRules healthcheck dropletTag dropletIds sizeUnit enableProxyProtocol',
  }),
  ...rows('Domain', 'domain/resource_domain', { replace: 'name ipAddress' }),
  ...rows('DnsRecord', 'domain/resource_record', { replace: 'domain type', update: 'name value ttl' }),
  ...rows('Volume', 'volume/resource_volume', {
    replace: 'region name description snapshotId initialFilesystemType initialFilesystemLabel',
    update: 'size tags',
  }),
  ...rows('VolumeAttachment', 'volume/resource_volume_attachment', { replace: 'dropletId volumeId' }),
  ...rows('SpacesBucket', 'spaces/resource_spaces_bucket', {
    replace: 'region',
    update: 'acl versioning lifecycleRules forceDestroy',
  }),
  ...rows('SpacesKey', 'spaces/resource_spaces_key', { update: 'name grants' }),
  ...rows('ContainerRegistry', 'registry/resource_container_registry', {
    replace: 'name region',
    update: 'subscriptionTierSlug',
  }),
  ...rows('ContainerRegistryDockerCredentials', 'registry/resource_container_registry_docker_credentials', {
    replace: 'registryName',
    update: 'write expirySeconds',
  }),
  ...rows('KubernetesCluster', 'kubernetes/resource_kubernetes_cluster', {
    replace:
      'region vpcUuid workerSubnetUuid clusterSubnet serviceSubnet isolatedWorkers nodePool.size version',
    update: 'name ha autoUpgrade surgeUpgrade registryIntegration tags nodePool.nodeCount nodePool.name',
  }),
  ...rows('KubernetesNodePool', 'kubernetes/kubernetes', {
    replace: 'clusterId size gpuPartitionMode',
    update: 'name nodeCount autoScale minNodes maxNodes labels tags taints',
  }),
  ...rows('DatabaseUser', 'database/resource_database_user', {
    replace: 'name clusterId',
    update: 'settings',
  }),
];

const BY_PROPERTY = new Map(REPLACEMENTS.map((row) => [`${row.resource}.${row.property}`, row]));

/** The row of a property or of the nearest one above it: `nodePool.size`, `inboundRules[0].portRange`. */
export function replacementOf(resource: string, path: string): Replacement | undefined {
  const steps = path.replace(/\[.*?\]/g, '').split('.');
  for (let length = steps.length; length > 0; length--) {
    const found = BY_PROPERTY.get(`${resource}.${steps.slice(0, length).join('.')}`);
    if (found) return found;
  }
  return undefined;
}

/** What the change of one property does; a property without a row is taken to change in place. */
export function effectOf(resource: string, path: string, before?: unknown, after?: unknown): Effect {
  const row = replacementOf(resource, path);
  if (row === undefined) return 'update';
  return row.when === undefined || row.when.holds(before, after) ? row.effect : 'update';
}

/** Properties whose change would replace the resource, without those in `except`. */
export const replacing = (resource: string, except: readonly string[] = []): string[] =>
  REPLACEMENTS.filter(
    (row) => row.resource === resource && row.effect === 'replace' && !except.includes(row.property),
  ).map(({ property }) => property);
