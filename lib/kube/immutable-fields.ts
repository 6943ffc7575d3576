/** Fields of a kind that no update changes, each from the object's root, such as `spec.selector`. */
export interface ImmutableFields {
  readonly fields: readonly string[];
  /** Exceptions below them. */
  readonly except?: readonly string[];
}

/** What replaces an object of the kind when it changes; the same fields as in pulumi-kubernetes 4. */
const IMMUTABLE: Readonly<Record<string, ImmutableFields>> = {
  'apps/DaemonSet': { fields: ['spec.selector'] },
  'apps/Deployment': { fields: ['spec.selector'] },
  'apps/StatefulSet': {
    fields: [
      'spec.podManagementPolicy',
      'spec.revisionHistoryLimit',
      'spec.selector',
      'spec.serviceName',
      'spec.volumeClaimTemplates',
    ],
  },
  'batch/Job': { fields: ['spec.completions', 'spec.parallelism', 'spec.selector', 'spec.template'] },
  '/PersistentVolume': {
    fields: ['spec'],
    except: [
      'spec.accessModes',
      'spec.capacity',
      'spec.claimRef',
      'spec.mountOptions',
      'spec.nodeAffinity',
      'spec.persistentVolumeReclaimPolicy',
      'spec.storageClassName',
      'spec.volumeMode',
    ],
  },
  '/PersistentVolumeClaim': {
    fields: ['spec.accessModes', 'spec.selector', 'spec.storageClassName', 'spec.volumeName'],
  },
  '/Pod': { fields: ['spec'], except: ['spec.activeDeadlineSeconds', 'spec.tolerations'] },
  '/ResourceQuota': { fields: ['spec.scopes'] },
  '/Secret': { fields: ['type'] },
  '/Service': { fields: ['spec.clusterIP'] },
  'rbac.authorization.k8s.io/ClusterRoleBinding': { fields: ['roleRef'] },
  'rbac.authorization.k8s.io/RoleBinding': { fields: ['roleRef'] },
  'storage.k8s.io/StorageClass': { fields: ['parameters', 'provisioner'] },
};

/** @param kind with its group, such as `apps/Deployment` or `/Service` */
export const immutableFields = (kind: string): ImmutableFields =>
  (Object.hasOwn(IMMUTABLE, kind) ? IMMUTABLE[kind] : undefined) ?? { fields: [] };

/** `apps` of `apps/v1`; empty for the core group. */
export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
