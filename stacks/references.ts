import type { StatefulSetSpec } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscalerSpec } from 'kubernetes-types/autoscaling/v2';
import type { PersistentVolumeClaimSpec, ServiceAccount } from 'kubernetes-types/core/v1';
import type { IngressSpec } from 'kubernetes-types/networking/v1';
import type { RoleRef } from 'kubernetes-types/rbac/v1';
import type { KubeObject } from '../lib/kube/object.js';
import type { ObjectIndex, Position } from './object-index.js';
import { groupOf } from './object-key.js';
import { podNeeds, podTemplate } from './pod-spec.js';

/**
 * The objects of the set that must be there before an object is, and that outlive it when both are deleted.
 *
 * Left out on purpose: what a controller creates later (an Ingress' certificate, an issuer's account key), and
 * disruption budgets, which select pods that may come at any time.
 */
export function references(object: KubeObject, index: ObjectIndex): Position[] {
  const group = groupOf(object.apiVersion);
  const { namespace } = object.metadata;
  return [
    ...index.find('', 'Namespace', namespace),
    ...index.definitionOf(group, object.kind),
    ...index.webhooksOf(group),
    ...podReferences(object, index),
    ...afterReferences(object, index),
    ...kindReferences(`${group}/${object.kind}`, object, index),
  ];
}

/** What a construct asks for by `after`, as `Job/migrate,Job/seed`: no field of Kubernetes says it. */
function afterReferences({ metadata }: KubeObject, index: ObjectIndex): Position[] {
  const after = metadata.annotations?.['keelson.dev/after'];
  return (after?.split(',') ?? []).flatMap((job) =>
    index.find('batch', 'Job', job.slice('Job/'.length), metadata.namespace),
  );
}

function podReferences(object: KubeObject, index: ObjectIndex): Position[] {
  const template = podTemplate(object);
  if (!template) return [];
  const namespace = object.metadata.namespace ?? '';
  const { spec, metadata } = template;
  return [
    ...index.limitsOf(namespace),
    ...index.policiesOf(namespace, metadata?.labels ?? {}),
    ...index.bindingsOf(namespace, spec?.serviceAccountName ?? 'default'),
    ...index.find('scheduling.k8s.io', 'PriorityClass', spec?.priorityClassName),
    ...(spec ? podNeeds(spec) : []).flatMap(({ kind, name }) => index.find('', kind, name, namespace)),
  ];
}

function kindReferences(kind: string, object: KubeObject, index: ObjectIndex): Position[] {
  const { namespace } = object.metadata;
  switch (kind) {
    case '/ServiceAccount':
      return ((object as unknown as ServiceAccount).imagePullSecrets ?? []).flatMap(({ name }) =>
        index.find('', 'Secret', name, namespace),
      );
    case '/PersistentVolumeClaim': {
      const { storageClassName, volumeName } = (object.spec ?? {}) as PersistentVolumeClaimSpec;
      return [...index.storageClass(storageClassName), ...index.find('', 'PersistentVolume', volumeName)];
    }
    case 'apps/StatefulSet': {
      const { serviceName, volumeClaimTemplates } = (object.spec ?? {}) as StatefulSetSpec;
      return [
        ...index.find('', 'Service', serviceName, namespace),
        ...(volumeClaimTemplates ?? []).flatMap(({ spec }) => index.storageClass(spec?.storageClassName)),
      ];
    }
    case 'storage.k8s.io/StorageClass':
      return index.find('storage.k8s.io', 'CSIDriver', object.provisioner as string);
    // Without its pods nothing is mounted, and what is mounted already cannot be given back.
    case 'storage.k8s.io/CSIDriver':
      return [...index.driverPods(object.metadata.name)];
    case 'autoscaling/HorizontalPodAutoscaler': {
      const target = ((object.spec ?? {}) as HorizontalPodAutoscalerSpec).scaleTargetRef;
      return index.find(groupOf(target?.apiVersion ?? ''), target?.kind ?? '', target?.name, namespace);
    }
    case 'networking.k8s.io/Ingress': {
      const { rules, defaultBackend } = (object.spec ?? {}) as IngressSpec;
      const backends = [
        defaultBackend,
        ...(rules ?? []).flatMap(({ http }) => http?.paths ?? []).map((p) => p.backend),
      ];
      return backends.flatMap((backend) => index.find('', 'Service', backend?.service?.name, namespace));
    }
    case 'rbac.authorization.k8s.io/RoleBinding':
    case 'rbac.authorization.k8s.io/ClusterRoleBinding': {
      const role = object.roleRef as RoleRef | undefined;
      return index.find(
        'rbac.authorization.k8s.io',
        role?.kind ?? '',
        role?.name,
        role?.kind === 'Role' ? namespace : undefined,
      );
    }
    case 'cert-manager.io/Certificate': {
      const issuer = (object.spec as { issuerRef?: { kind?: string; name?: string } } | undefined)?.issuerRef;
      const issuerKind = issuer?.kind ?? 'Issuer';
      return index.find(
        'cert-manager.io',
        issuerKind,
        issuer?.name,
        issuerKind === 'Issuer' ? namespace : undefined,
      );
    }
    default:
      return [];
  }
}
