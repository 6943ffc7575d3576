import { diffManifests, type MarkKind, type StackDiff } from '../../lib/diff/index.js';
import type { KubeObject } from '../../lib/kube/object.js';

const API: Readonly<Record<string, string>> = {
  Certificate: 'cert-manager.io/v1',
  ClusterRole: 'rbac.authorization.k8s.io/v1',
  CronJob: 'batch/v1',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  DaemonSet: 'apps/v1',
  Deployment: 'apps/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  Ingress: 'networking.k8s.io/v1',
  IngressRoute: 'traefik.io/v1alpha1',
  IngressRouteTCP: 'traefik.io/v1alpha1',
  Job: 'batch/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  Role: 'rbac.authorization.k8s.io/v1',
  RoleBinding: 'rbac.authorization.k8s.io/v1',
  StatefulSet: 'apps/v1',
  ValidatingAdmissionPolicy: 'admissionregistration.k8s.io/v1',
};

const CLUSTER_WIDE = ['ClusterRole', 'CustomResourceDefinition', 'Namespace', 'ValidatingAdmissionPolicy'];

/** An object of the namespace `shop`; `fields` go beside its metadata, or into it. */
export const object = (
  kind: string,
  name: string,
  fields: object = {},
  metadata: object = {},
): KubeObject => ({
  apiVersion: API[kind] ?? 'v1',
  kind,
  metadata: { name, ...(!CLUSTER_WIDE.includes(kind) && { namespace: 'shop' }), ...metadata },
  ...fields,
});

export const labels = (name: string) => ({ 'app.kubernetes.io/name': name });

const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
};

export const container = (name: string, changes: object = {}) => ({
  name,
  image: `registry.example.com/shop/${name}:1.0.0`,
  ports: [{ name: 'http', containerPort: 8080 }],
  resources: { requests: { cpu: '50m', memory: '64Mi' } },
  securityContext: SAFE,
  ...changes,
});

/** A workload with one container of its own name. */
export const workload = (
  kind: string,
  name: string,
  { spec = {}, pod = {}, main = {} }: { spec?: object; pod?: object; main?: object } = {},
): KubeObject =>
  object(kind, name, {
    spec: {
      replicas: 2,
      selector: { matchLabels: labels(name) },
      template: {
        metadata: { labels: labels(name) },
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(name, main)],
          ...pod,
        },
      },
      ...spec,
    },
  });

export const claim = (size: string, name = 'data') => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: size } } },
});

/** What becomes of some objects, in one stack. */
export function stackDiff(before: readonly KubeObject[], after: readonly KubeObject[]): StackDiff {
  const [stack] = diffManifests([{ name: 'shop', objects: before }], [{ name: 'shop', objects: after }]);
  if (!stack) throw new Error('no stack');
  return stack;
}

export const changes = (before: readonly KubeObject[], after: readonly KubeObject[]) =>
  stackDiff(before, after).changes;

/** What the marks of one kind say, of all changes. */
export const marks = (
  kind: MarkKind,
  before: readonly KubeObject[],
  after: readonly KubeObject[],
): string[] =>
  changes(before, after).flatMap((change) =>
    change.marks.filter((mark) => mark.kind === kind).map(({ text }) => text),
  );
