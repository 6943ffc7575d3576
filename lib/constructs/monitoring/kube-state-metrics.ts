import { Construct } from 'constructs';
import { API_SERVER, addApiAccount, usesKubernetesApi } from '../../kube/api-account.js';
import { namespaceOf } from '../../kube/context.js';
import { MONITORING } from '../../kube/monitoring.js';
import { WorkloadPolicy } from '../workload-policy.js';
import { addSmallDeployment } from './small-deployment.js';

const NAME = 'kube-state-metrics';
const PORT = 8080;
const TELEMETRY_PORT = 8081;

/** The metrics that alerts and people ask for, of some two hundred. */
const METRICS = [
  'kube_deployment_spec_replicas',
  'kube_deployment_status_replicas_available',
  'kube_job_failed',
  'kube_pod_container_resource_limits',
  'kube_pod_container_resource_requests',
  'kube_pod_container_status_last_terminated_reason',
  'kube_pod_container_status_restarts_total',
  'kube_pod_container_status_waiting_reason',
  'kube_pod_status_phase',
  'kube_statefulset_replicas',
  'kube_statefulset_status_replicas_ready',
];

/** What the Kubernetes API says of pods and workloads, as metrics: whether they are there, and why not. */
export class KubeStateMetrics extends Construct {
  constructor(scope: Construct, id: string, { image }: { readonly image: string }) {
    super(scope, id);
    const verbs = ['list', 'watch'];
    addApiAccount(this, NAME, [
      { apiGroups: [''], resources: ['pods'], verbs },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs },
      { apiGroups: ['batch'], resources: ['jobs'], verbs },
    ]);
    addSmallDeployment(this, {
      name: NAME,
      annotations: usesKubernetesApi('reads the state of pods, deployments, stateful sets and jobs'),
      ports: { http: PORT },
      pod: { automountServiceAccountToken: true },
      container: {
        name: NAME,
        image,
        args: [
          `--port=${PORT}`,
          `--telemetry-port=${TELEMETRY_PORT}`,
          '--resources=deployments,jobs,pods,statefulsets',
          `--metric-allowlist=${METRICS.join(',')}`,
        ],
        readinessProbe: {
          httpGet: { path: '/readyz', port: TELEMETRY_PORT },
          periodSeconds: 10,
          timeoutSeconds: 3,
        },
        livenessProbe: {
          httpGet: { path: '/livez', port: PORT },
          periodSeconds: 10,
          timeoutSeconds: 3,
          failureThreshold: 6,
        },
      },
      resources: { cpuMillis: 10, memoryMiB: 32, memoryLimitMiB: 128, ephemeralStorageMiB: 64 },
    });
    new WorkloadPolicy(this, 'network', {
      name: NAME,
      namespace: namespaceOf(this),
      from: () => [{ peers: [MONITORING.peer], ports: [PORT] }],
      to: () => [API_SERVER],
    });
  }
}
