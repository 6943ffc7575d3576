import type { JobSpec } from 'kubernetes-types/batch/v1';
import type { KubeObject } from '../lib/kube/object.js';
import { groupOf } from './object-key.js';

/** The provider does not wait until an object with this annotation is ready. */
export const SKIP_AWAIT = 'pulumi.com/skipAwait';
const WAIT_FOR = 'pulumi.com/waitFor';

/**
 * Kinds whose readiness in the provider's eyes may never come. Everything else is waited for as the provider does:
 * Deployment, StatefulSet, DaemonSet and Job until their pods are ready.
 *
 * - Ingress: it waits for a load balancer's address in the status, which a controller may never write.
 * - Service: it waits for ready endpoints; one that a StatefulSet needs before its first pod would wait for ever.
 * - PersistentVolumeClaim: with `WaitForFirstConsumer` it is bound only when a pod comes, which waits for it.
 */
const NEVER_READY = new Set(['networking.k8s.io/Ingress', '/Service', '/PersistentVolumeClaim']);

/** Seconds in which the cluster says of a Job whose time is up that it has failed. */
const TO_SAY_SO = 60;

/** What to wait for, as annotations; an object that says so itself is left alone. */
export function waitAnnotations({ apiVersion, kind, metadata, spec }: KubeObject): Record<string, string> {
  const annotations = metadata.annotations ?? {};
  if (SKIP_AWAIT in annotations || WAIT_FOR in annotations) return {};
  const groupKind = `${groupOf(apiVersion)}/${kind}`;
  if (NEVER_READY.has(groupKind)) return { [SKIP_AWAIT]: 'true' };
  if (groupKind === 'batch/Job') return jobAnnotations((spec ?? {}) as JobSpec);
  // Until then the API server answers "not found" for its custom resources.
  if (kind === 'CustomResourceDefinition') return { [WAIT_FOR]: 'condition=Established' };
  // Until the injector has filled in the certificate authority, the webhook refuses everything that it looks at.
  const injected = Object.keys(annotations).some((key) => key.startsWith('cert-manager.io/inject-'));
  return injected && kind.endsWith('WebhookConfiguration')
    ? { [WAIT_FOR]: 'jsonpath={.webhooks[0].clientConfig.caBundle}' }
    : {};
}

/**
 * A Job that has failed never runs again by itself: without `replaceUnready` every later run would fail at once, though
 * its cause is mended. And the provider's ten minutes must not end before the Job's own time does.
 */
const jobAnnotations = ({ activeDeadlineSeconds }: Partial<JobSpec>): Record<string, string> => ({
  'pulumi.com/replaceUnready': 'true',
  ...(activeDeadlineSeconds !== undefined && {
    'pulumi.com/timeoutSeconds': `${activeDeadlineSeconds + TO_SAY_SO}`,
  }),
});
