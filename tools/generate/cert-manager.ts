import { join } from 'node:path';
import { kubernetesVersion } from '../../lib/config/versions.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { certManagerValues } from './cert-manager-values.js';
import { renderChart } from './chart.js';
import { withoutProse } from './custom-resources.js';
import { labelled } from './labelled.js';
import { moduleDirectory } from './module.js';
import { certManager } from './sources.js';

const NAME = 'cert-manager';

/** The namespace that the chart expects to exist, closed as every namespace of Keelson is. */
const surroundings: KubeObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAME,
      labels: {
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace: NAME },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: NAME, namespace: NAME },
    spec: {
      // Twice what the three pods ask for, so that all of them can be replaced at once, and some air.
      hard: {
        pods: '8',
        'requests.cpu': '100m',
        'requests.memory': '512Mi',
        'limits.memory': '1536Mi',
        'requests.ephemeral-storage': '256Mi',
        'limits.ephemeral-storage': '1Gi',
      },
    },
  },
];

/** cert-manager as Keelson installs it: its own chart, in a namespace with the same guards as ours. */
export function certManagerObjects(): KubeObject[] {
  const chart = renderChart({
    chart: join(moduleDirectory(certManager), 'deploy', 'charts', NAME),
    version: certManager.version,
    release: NAME,
    namespace: NAME,
    kubernetes: kubernetesVersion,
    // Anything but 'helm' leaves out the labels by which Helm knows its own.
    values: { ...certManagerValues, creator: 'keelson' },
  });
  return [...surroundings, ...chart].map((object) => labelled(withoutProse(object), NAME));
}
