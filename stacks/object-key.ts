import type { KubeObject } from '../lib/kube/object.js';

/** What names an object: enough to refer to one that is described elsewhere. */
export type ObjectRef = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;

/** API group of an apiVersion; the core group is the empty string. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/** Identifies an object in a cluster. Without the version: `v1` and `v1beta1` of a group serve the same object. */
export const objectKey = (group: string, kind: string, name: string, namespace = ''): string =>
  `${group}/${kind}/${namespace}/${name}`;

export const keyOf = ({ apiVersion, kind, metadata }: ObjectRef): string =>
  objectKey(groupOf(apiVersion), kind, metadata.name, metadata.namespace);

/**
 * Name of an object's resource in Pulumi's tree, in errors and in `--target`: `lunch-local/Deployment/web`.
 * It depends on nothing but the object, so moving a construct renames nothing.
 */
export const logicalName = ({ kind, metadata }: ObjectRef): string =>
  [metadata.namespace, kind, metadata.name].filter(Boolean).join('/');

/** Type of an object's resource, the same as the kubernetes SDK's classes use: `kubernetes:apps/v1:Deployment`. */
export const typeToken = ({ apiVersion, kind }: ObjectRef): string =>
  `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}`;

const MATURITIES = ['', ...['alpha', 'beta'].flatMap((stage) => [1, 2, 3].map((n) => `${stage}${n}`))];

/**
 * Kubernetes' own kinds by group that have been served in one version alone since Kubernetes 1.25. From https://kubernetes.io/docs/reference/using-api/deprecation-guide/.
 */
const ONE_VERSION: Readonly<Record<string, readonly string[] | 'all'>> = {
  '': 'all',
  apps: 'all',
  batch: 'all',
  policy: 'all',
  'apiextensions.k8s.io': 'all',
  'discovery.k8s.io': 'all',
  'networking.k8s.io': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'node.k8s.io': 'all',
  'rbac.authorization.k8s.io': 'all',
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
};

/**
 * Types of the same object in other versions of its API group, as Kubernetes names them: `v1beta1`, `v2alpha3`. None
 * where there is one version only: each costs the engine and Pulumi's SDK as much as a good part of a resource.
 */
export function otherVersions(object: ObjectRef): string[] {
  const group = groupOf(object.apiVersion);
  const settled = ONE_VERSION[group];
  if (settled === 'all' || settled?.includes(object.kind)) return [];
  const versions = ['v1', 'v2'].flatMap((major) =>
    MATURITIES.map((maturity) => `${group}/${major}${maturity}`),
  );
  return versions
    .filter((apiVersion) => apiVersion !== object.apiVersion)
    .map((apiVersion) => typeToken({ ...object, apiVersion }));
}
