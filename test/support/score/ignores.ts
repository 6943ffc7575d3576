import type { Probe } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../../lib/index.js';
import type { PodTemplate } from '../policy/object-set.js';
import { objectSet } from '../policy/object-set.js';
import { matches } from '../policy/selector.js';
import { nameOf } from '../schema.js';
import type { Finding } from './kube-score.js';

/** A finding of kube-score that is known and accepted, and only where its reason holds. */
export interface ScoreIgnore {
  readonly check: string;
  readonly reason: string;
  readonly accepts: (finding: Finding, objects: readonly KubeObject[]) => boolean;
}

/** The pods of the object that a finding is about. */
function pods(finding: Finding, objects: readonly KubeObject[]): readonly PodTemplate[] {
  return objectSet(objects).pods.filter(({ owner }) => nameOf(owner) === finding.object);
}

const isSpread = ({ labels, spec }: PodTemplate): boolean =>
  (spec.topologySpreadConstraints ?? []).some(
    ({ topologyKey, labelSelector }) =>
      topologyKey === 'kubernetes.io/hostname' &&
      labelSelector !== undefined &&
      matches(labelSelector, labels),
  );

const isVersioned = ({ spec }: PodTemplate): boolean =>
  [...(spec.initContainers ?? []), ...spec.containers].every(
    ({ image = '' }) => /@sha256:[0-9a-f]{64}$/.test(image) || /:v?\d[\w.-]*$/.test(image),
  );

/** Seconds until a probe that fails has its effect. */
const patience = ({ periodSeconds = 10, failureThreshold = 3 }: Probe = {}): number =>
  periodSeconds * failureThreshold;

const isReadinessFirst = ({ spec }: PodTemplate): boolean =>
  spec.containers.every(
    ({ readinessProbe, livenessProbe }) => patience(livenessProbe) >= 2 * patience(readinessProbe),
  );

const hasOnePod = (finding: Finding, objects: readonly KubeObject[]): boolean =>
  pods(finding, objects).every(({ owner }) => (owner.spec as { replicas?: number }).replicas === 1);

const fromChart = ({ object }: Finding): boolean => /^Deployment cert-manager\//.test(object);

/** What the score overlooks. Every entry must still be needed: the test says when one is not. */
export const SCORE_IGNORES: readonly ScoreIgnore[] = [
  {
    check: 'container-resources',
    reason:
      'no CPU limit: it throttles a pod while the machine is idle; requests share it fairly when it is not',
    accepts: ({ message }) => message.endsWith('CPU limit is not set'),
  },
  {
    check: 'container-image-pull-policy',
    reason:
      'an image named by digest or version does not change, and pods have to start again while the registry is away',
    accepts: (finding, objects) => pods(finding, objects).every(isVersioned),
  },
  ...['deployment-has-host-podantiaffinity', 'statefulset-has-host-podantiaffinity'].map((check) => ({
    check,
    reason: 'a topology spread constraint over hosts does the same, evenly and for any number of replicas',
    accepts: (finding: Finding, objects: readonly KubeObject[]) => pods(finding, objects).every(isSpread),
  })),
  {
    // https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    check: 'pod-probes-identical',
    reason:
      'a listener is out of service for as long again before it is restarted, as Kubernetes itself advises',
    accepts: (finding, objects) => pods(finding, objects).every(isReadinessFirst),
  },
  {
    check: 'statefulset-has-servicename',
    reason: 'a single pod is reached by its Service; nobody asks for it by a name of its own',
    accepts: hasOnePod,
  },
  {
    check: 'networkpolicy-targets-pod',
    reason: 'the pods that answer certificate challenges are made by cert-manager, when it needs them',
    accepts: ({ object }) => object.endsWith('/allow-acme-challenges'),
  },
  {
    check: 'pod-probes',
    reason: "cert-manager's chart has no readiness probes for what only answers with metrics",
    accepts: fromChart,
  },
  {
    check: 'deployment-replicas',
    reason: 'one cert-manager is enough: while it restarts, a certificate is renewed seconds later',
    accepts: fromChart,
  },
  ...['deployment-replicas', 'deployment-strategy'].map((check) => ({
    check,
    reason: 'a second kube-state-metrics would count everything twice, so an update stops the first before',
    accepts: ({ object }: Finding) => object === 'Deployment monitoring/kube-state-metrics',
  })),
];
