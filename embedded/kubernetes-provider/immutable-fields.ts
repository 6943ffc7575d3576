import { isDeepStrictEqual } from 'node:util';
import { type Change, isWithin } from './changes.js';
import { at, type Path, type Properties, text } from './property-values.js';

interface Rule {
  readonly fields: readonly string[];
  readonly except?: readonly string[];
}

/** What replaces an object of the kind when it changes; the same fields as in pulumi-kubernetes 4. */
const rules: Readonly<Record<string, Rule>> = {
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

export interface Mutability {
  /** Content of a ConfigMap changes in place. @default false: it replaces the ConfigMap, as in pulumi-kubernetes */
  readonly enableConfigMapMutable: boolean;
  /** Content of a Secret changes in place. @default false */
  readonly enableSecretMutable: boolean;
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Which of these changes only a new object can have. */
export function replacingChanges(
  changes: readonly Change[],
  before: Properties,
  after: Properties,
  mutability: Mutability,
): readonly Change[] {
  const kind = `${groupOf(text(after, 'apiVersion'))}/${text(after, 'kind')}`;
  const { fields, except = [] } = rules[kind] ?? { fields: [] };
  const immutable = ['metadata.name', 'kind', ...fields];
  const frozen = before.immutable === true;
  if (kind === '/ConfigMap' && (frozen || !mutability.enableConfigMapMutable)) {
    immutable.push('data', 'binaryData');
  }
  if (kind === '/Secret' && (frozen || !mutability.enableSecretMutable)) immutable.push('data', 'stringData');
  if (groupOf(text(before, 'apiVersion')) !== groupOf(text(after, 'apiVersion')))
    immutable.push('apiVersion');

  const toPath = (field: string): Path => field.split('.');
  const touches = (change: Change, field: Path) =>
    isWithin(change.path, field) ||
    (isWithin(field, change.path) && !isDeepStrictEqual(at(before, ...field), at(after, ...field)));
  return changes.filter(
    (change) =>
      immutable.some((field) => touches(change, toPath(field))) &&
      !except.some((field) => isWithin(change.path, toPath(field))),
  );
}
