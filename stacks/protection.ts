import type { StatefulSetSpec } from 'kubernetes-types/apps/v1';
import type { KubeObject } from '../lib/kube/object.js';
import { groupOf } from './object-key.js';

/** Kinds whose deletion deletes data, their own or that of everything inside. */
const HOLDS_DATA = new Set([
  '/PersistentVolumeClaim',
  '/PersistentVolume',
  '/Namespace',
  'apiextensions.k8s.io/CustomResourceDefinition',
]);

/**
 * Whether deleting an object loses data that no manifest brings back. A namespace takes its claims with it, and a
 * definition every custom resource of its kind, those of other stacks too.
 */
export function holdsData({ apiVersion, kind, ...object }: KubeObject): boolean {
  const type = `${groupOf(apiVersion)}/${kind}`;
  if (type === 'apps/StatefulSet')
    return ((object.spec as StatefulSetSpec | undefined)?.volumeClaimTemplates ?? []).length > 0;
  return HOLDS_DATA.has(type);
}
