import { type Fields, isFields, listAt } from './json.js';

/** What the API server puts where a field is absent; from the fields that are there, where it depends on them. */
type Defaults = Fields | ((given: Fields) => Fields);

const PROBE = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const HISTORY = { revisionHistoryLimit: 10 };
const ROLE_REF = { apiGroup: 'rbac.authorization.k8s.io' };
const FILE_MODE = { defaultMode: 0o644 };

const container = ({ image }: Fields): Fields => ({
  ...(typeof image === 'string' && { imagePullPolicy: isLatest(image) ? 'Always' : 'IfNotPresent' }),
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  resources: {},
});

/** A missing tag counts as `latest`, a digest as none. */
function isLatest(image: string): boolean {
  if (image.includes('@')) return false;
  const name = image.slice(image.lastIndexOf('/') + 1);
  return !name.includes(':') || name.endsWith(':latest');
}

const isOneOf = (value: unknown, ...allowed: readonly string[]): boolean =>
  typeof value === 'string' && allowed.includes(value);

/**
 * Defaults that every API server of Kubernetes 1.34 sets, and zero values that it leaves out. Those that a cluster's
 * own configuration decides (a storage class, an ingress class, a service account) are not here.
 *
 * @see `pkg/apis/{apps,autoscaling,batch,core,networking,rbac,storage}/v…/defaults.go` of k8s.io/kubernetes v1.34.4
 */
const DEFAULTS: Readonly<Record<string, Defaults>> = {
  'apimachinery.pkg.apis.meta.v1.ObjectMeta': { labels: {}, annotations: {} },

  'apps.v1.DeploymentSpec': { replicas: 1, strategy: {}, progressDeadlineSeconds: 600, ...HISTORY },
  'apps.v1.DeploymentStrategy': ({ type = 'RollingUpdate' }) => ({
    type: 'RollingUpdate',
    ...(type === 'RollingUpdate' && { rollingUpdate: {} }),
  }),
  'apps.v1.RollingUpdateDeployment': { maxUnavailable: '25%', maxSurge: '25%' },
  'apps.v1.DaemonSetSpec': { updateStrategy: {}, ...HISTORY },
  'apps.v1.DaemonSetUpdateStrategy': ({ type = 'RollingUpdate' }) => ({
    type: 'RollingUpdate',
    ...(type === 'RollingUpdate' && { rollingUpdate: {} }),
  }),
  'apps.v1.RollingUpdateDaemonSet': { maxUnavailable: 1, maxSurge: 0 },
  'apps.v1.StatefulSetSpec': {
    podManagementPolicy: 'OrderedReady',
    replicas: 1,
    updateStrategy: {},
    persistentVolumeClaimRetentionPolicy: {},
    ...HISTORY,
  },
  'apps.v1.StatefulSetUpdateStrategy': ({ type = 'RollingUpdate' }) => ({
    type: 'RollingUpdate',
    ...(type === 'RollingUpdate' && { rollingUpdate: {} }),
  }),
  'apps.v1.RollingUpdateStatefulSetStrategy': { partition: 0 },
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy': { whenDeleted: 'Retain', whenScaled: 'Retain' },

  'autoscaling.v2.HorizontalPodAutoscalerSpec': { minReplicas: 1 },

  'batch.v1.CronJobSpec': {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  'batch.v1.JobSpec': ({ completions, parallelism, backoffLimitPerIndex, podFailurePolicy }) => ({
    ...(completions === undefined && parallelism === undefined && { completions: 1 }),
    parallelism: 1,
    ...(backoffLimitPerIndex === undefined && { backoffLimit: 6 }),
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  }),

  'core.v1.PodSpec': {
    dnsPolicy: 'ClusterFirst',
    enableServiceLinks: true,
    hostIPC: false,
    hostNetwork: false,
    hostPID: false,
    restartPolicy: 'Always',
    schedulerName: 'default-scheduler',
    securityContext: {},
    terminationGracePeriodSeconds: 30,
  },
  'core.v1.Container': container,
  'core.v1.EphemeralContainer': container,
  'core.v1.ContainerPort': { protocol: 'TCP' },
  'core.v1.EnvVar': ({ valueFrom }) => (valueFrom === undefined ? { value: '' } : {}),
  'core.v1.VolumeMount': { readOnly: false },
  'core.v1.Probe': PROBE,
  'core.v1.HTTPGetAction': { path: '/', scheme: 'HTTP' },
  'core.v1.ObjectFieldSelector': { apiVersion: 'v1' },
  'core.v1.SecretVolumeSource': FILE_MODE,
  'core.v1.ConfigMapVolumeSource': FILE_MODE,
  'core.v1.DownwardAPIVolumeSource': FILE_MODE,
  'core.v1.ProjectedVolumeSource': FILE_MODE,
  'core.v1.ServiceAccountTokenProjection': { expirationSeconds: 3600 },
  'core.v1.PersistentVolumeSpec': { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' },
  'core.v1.PersistentVolumeClaimSpec': { volumeMode: 'Filesystem' },
  'core.v1.Secret': { type: 'Opaque' },
  'core.v1.ServiceSpec': ({ type = 'ClusterIP', externalIPs }) => ({
    type: 'ClusterIP',
    sessionAffinity: 'None',
    ...(isOneOf(type, 'ClusterIP', 'NodePort', 'LoadBalancer') && { internalTrafficPolicy: 'Cluster' }),
    ...((isOneOf(type, 'NodePort', 'LoadBalancer') ||
      (type === 'ClusterIP' && Array.isArray(externalIPs) && externalIPs.length > 0)) && {
      externalTrafficPolicy: 'Cluster',
    }),
    ...(type === 'LoadBalancer' && { allocateLoadBalancerNodePorts: true }),
  }),
  'core.v1.ServicePort': ({ port }) => ({ protocol: 'TCP', targetPort: port }),

  'networking.v1.NetworkPolicyPort': { protocol: 'TCP' },
  'networking.v1.NetworkPolicySpec': (given) => ({
    policyTypes: listAt(given, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'],
  }),

  'rbac.v1.RoleRef': ROLE_REF,
  'rbac.v1.Subject': ({ kind }) => (kind === 'User' || kind === 'Group' ? ROLE_REF : { apiGroup: '' }),

  'storage.v1.StorageClass': { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

export const DEFAULTED_TYPES = Object.keys(DEFAULTS);

/** The fields as the API server completes them. Of an unknown type they stay as they are. */
export function completed(type: string | undefined, fields: Fields): Fields {
  if (type === undefined) return fields;
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => !isAbsent(value)));
  const defaults = Object.hasOwn(DEFAULTS, type) ? DEFAULTS[type] : undefined;
  return { ...(isFields(defaults) ? defaults : defaults?.(given)), ...given };
}

/** The API server keeps neither null nor an empty list where it knows the type. */
const isAbsent = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
