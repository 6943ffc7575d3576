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
