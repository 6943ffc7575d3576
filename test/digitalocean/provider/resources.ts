import { reservedIp, reservedIpAssignment, volume, volumeAttachment } from './addresses-and-volumes.js';
import { droplet } from './droplet.js';
import { dockerCredentials, kubernetesCluster, kubernetesNodePool } from './managed-services.js';
import { plainResources } from './plain-resources.js';
import type { Resource } from './resource.js';
import { spacesBucket } from './spaces-bucket.js';

const RESOURCES: Readonly<Record<string, Resource>> = {
  ...plainResources,
  Droplet: droplet,
  ReservedIp: reservedIp,
  ReservedIpAssignment: reservedIpAssignment,
  Volume: volume,
  VolumeAttachment: volumeAttachment,
  KubernetesCluster: kubernetesCluster,
  KubernetesNodePool: kubernetesNodePool,
  ContainerRegistryDockerCredentials: dockerCredentials,
  SpacesBucket: spacesBucket,
};

/** `digitalocean:index/droplet:Droplet` in a URN → `Droplet` and how it is handled. @throws Error for others */
export function resourceOfUrn(urn: string): { readonly type: string; readonly resource: Resource } {
  const type = urn.split('::')[2]?.split(':').at(-1) ?? '';
  const resource = RESOURCES[type];
  if (resource === undefined)
    throw new Error(`the stand-in for the digitalocean provider has no resource ${type}`);
  return { type, resource };
}
