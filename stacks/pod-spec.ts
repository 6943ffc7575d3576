import type { Job, JobSpec } from 'kubernetes-types/batch/v1';
import type { PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../lib/kube/object.js';
import { groupOf } from './object-key.js';

const WITH_TEMPLATE = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
]);

/** The pods that an object makes, or undefined where it makes none. */
export function podTemplate(object: KubeObject): PodTemplateSpec | undefined {
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  if (kind === '/Pod') return { metadata: { labels: object.metadata.labels }, spec: object.spec as PodSpec };
  if (kind === 'batch/CronJob')
    return (object.spec as { jobTemplate?: Job } | undefined)?.jobTemplate?.spec?.template;
  return WITH_TEMPLATE.has(kind) ? (object.spec as JobSpec | undefined)?.template : undefined;
}

/** A configuration object that pods need before they can start. */
export interface PodNeed {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ServiceAccount';
  readonly name: string;
}

/** Everything in its own namespace that a pod refers to by name. */
export function podNeeds(spec: PodSpec): PodNeed[] {
  const needs: { kind: PodNeed['kind']; name: string | undefined }[] = [
    { kind: 'ServiceAccount', name: spec.serviceAccountName ?? spec.serviceAccount },
    ...(spec.imagePullSecrets ?? []).map(({ name }) => ({ kind: 'Secret' as const, name })),
  ];
  for (const { env, envFrom } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    for (const { valueFrom } of env ?? [])
      needs.push(
        { kind: 'ConfigMap', name: valueFrom?.configMapKeyRef?.name },
        { kind: 'Secret', name: valueFrom?.secretKeyRef?.name },
      );
    for (const { configMapRef, secretRef } of envFrom ?? [])
      needs.push({ kind: 'ConfigMap', name: configMapRef?.name }, { kind: 'Secret', name: secretRef?.name });
  }
  for (const { configMap, secret, persistentVolumeClaim, projected, csi } of spec.volumes ?? []) {
    needs.push(
      { kind: 'ConfigMap', name: configMap?.name },
      { kind: 'Secret', name: secret?.secretName },
      { kind: 'PersistentVolumeClaim', name: persistentVolumeClaim?.claimName },
      { kind: 'Secret', name: csi?.nodePublishSecretRef?.name },
    );
    for (const source of projected?.sources ?? [])
      needs.push(
        { kind: 'ConfigMap', name: source.configMap?.name },
        { kind: 'Secret', name: source.secret?.name },
      );
  }
  return needs.filter((need): need is PodNeed => need.name !== undefined);
}
