import { isDeepStrictEqual } from 'node:util';
import { groupOf } from '../../lib/kube/immutable-fields.js';
import type { ApiClient } from './api-client.js';
import { at, count, isProperties, list, type Properties, text } from './property-values.js';

/** True when ready, else what is still missing; `failed` where waiting longer is of no use. */
export type Progress = true | { readonly message: string; readonly failed?: boolean };

interface Context {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
}
type Check = (live: Properties, context: Context) => Progress | Promise<Progress>;

export function condition(live: Properties, type: string): Properties | undefined {
  return list(live, 'status', 'conditions').find((item) => item.type === type);
}

function isTrue(live: Properties, type: string): boolean {
  return condition(live, type)?.status === 'True';
}

function unseen(live: Properties): boolean {
  return count(live, 'status', 'observedGeneration') < count(live, 'metadata', 'generation');
}

/** Replicas that are wanted: the API server writes 1 where nothing is said. */
function wanted(live: Properties): number {
  const replicas = at(live, 'spec', 'replicas');
  return typeof replicas === 'number' ? replicas : 1;
}

/** The first sentence that is not empty, else ready. */
function firstOf(...messages: (string | false)[]): Progress {
  const message = messages.find((item) => typeof item === 'string');
  return message === undefined || { message };
}

const deployment: Check = (live) => {
  const want = wanted(live);
  const [updated, all, available] = ['updatedReplicas', 'replicas', 'availableReplicas'].map((field) =>
    count(live, 'status', field),
  ) as [number, number, number];
  const progressing = condition(live, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded' && !unseen(live)) {
    return { message: text(progressing, 'message'), failed: true };
  }
  if (at(live, 'spec', 'paused') === true) return true;
  return firstOf(
    unseen(live) && 'the controller has not seen the change yet',
    updated < want && `${updated} of ${want} replicas updated`,
    all > updated && `${all - updated} old replicas still to end`,
    available < updated && `${available} of ${updated} replicas available`,
  );
};

const statefulSet: Check = (live) => {
  if (text(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') return true;
  const want = wanted(live);
  const updateTo = want - count(live, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  const [updated, ready] = [count(live, 'status', 'updatedReplicas'), count(live, 'status', 'readyReplicas')];
  return firstOf(
    unseen(live) && 'the controller has not seen the change yet',
    updated < updateTo && `${updated} of ${updateTo} replicas updated`,
    ready < want && `${ready} of ${want} replicas ready`,
  );
};

const daemonSet: Check = (live) => {
  if (text(live, 'spec', 'updateStrategy', 'type') === 'OnDelete') return true;
  const want = count(live, 'status', 'desiredNumberScheduled');
  const updated = count(live, 'status', 'updatedNumberScheduled');
  const available = count(live, 'status', 'numberAvailable');
  return firstOf(
    unseen(live) && 'the controller has not seen the change yet',
    updated < want && `${updated} of ${want} nodes updated`,
    available < want && `${available} of ${want} nodes available`,
  );
};

const job: Check = (live) => {
  if (isTrue(live, 'Complete') || at(live, 'spec', 'suspend') === true) return true;
  const failed = condition(live, 'Failed');
  if (failed?.status === 'True') return { message: `failed: ${text(failed, 'message')}`, failed: true };
  return { message: `${count(live, 'status', 'succeeded')} pods completed` };
};

const pod: Check = (live) => {
  const phase = text(live, 'status', 'phase');
  if (phase === 'Failed') return { message: `failed: ${text(live, 'status', 'message')}`, failed: true };
  return phase === 'Succeeded' || isTrue(live, 'Ready') || { message: `phase ${phase}, not ready` };
};

const claim: Check = async (live, { client, signal }) => {
  const phase = text(live, 'status', 'phase');
  if (phase === 'Bound') return true;
  const name = text(live, 'spec', 'storageClassName');
  if (!name) return { message: `phase ${phase}, and no storage class found` };
  const storageClass = await client.find(`/apis/storage.k8s.io/v1/storageclasses/${name}`, signal);
  return text(storageClass, 'volumeBindingMode') === 'WaitForFirstConsumer' || { message: `phase ${phase}` };
};

const service: Check = async (live, { client, signal }) => {
  const type = text(live, 'spec', 'type');
  if (type === 'LoadBalancer' && list(live, 'status', 'loadBalancer', 'ingress').length === 0) {
    return { message: 'no load balancer address yet' };
  }
  const selector = at(live, 'spec', 'selector');
  const selects = isProperties(selector) && Object.keys(selector).length > 0;
  if (!selects || type === 'ExternalName' || text(live, 'spec', 'clusterIP') === 'None') return true;
  const query = { labelSelector: `kubernetes.io/service-name=${text(live, 'metadata', 'name')}` };
  const path = `/apis/discovery.k8s.io/v1/namespaces/${text(live, 'metadata', 'namespace')}/endpointslices`;
  const slices = list(await client.request('GET', path, { query, signal }), 'items');
  const ready = slices.some((slice) =>
    list(slice, 'endpoints').some((end) => at(end, 'conditions', 'ready') !== false),
  );
  return ready || { message: 'no pod that its selector matches is ready' };
};

const definition: Check = (live) => {
  const names = condition(live, 'NamesAccepted');
  if (names?.status === 'False') return { message: text(names, 'message'), failed: true };
  return isTrue(live, 'Established') || { message: 'not established yet' };
};

const checks: Readonly<Record<string, Check>> = {
  'apps/DaemonSet': daemonSet,
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'batch/Job': job,
  'apiextensions.k8s.io/CustomResourceDefinition': definition,
  'networking.k8s.io/Ingress': (live) =>
    list(live, 'status', 'loadBalancer', 'ingress').length > 0 || { message: 'no load balancer address yet' },
  '/Namespace': (live) =>
    text(live, 'status', 'phase') === 'Active' || { message: `phase ${text(live, 'status', 'phase')}` },
  '/PersistentVolume': (live) =>
    ['Available', 'Bound'].includes(text(live, 'status', 'phase')) || { message: 'not available yet' },
  '/PersistentVolumeClaim': claim,
  '/Pod': pod,
  '/ResourceQuota': (live) =>
    isDeepStrictEqual(at(live, 'spec', 'hard'), at(live, 'status', 'hard')) || { message: 'not counted yet' },
  '/Secret': (live) =>
    text(live, 'type') !== 'kubernetes.io/service-account-token' ||
    at(live, 'data', 'token') !== undefined || { message: 'no token yet' },
  '/Service': service,
};

/** What a kind must have reached before those that depend on it go on; undefined where its being there is enough. */
export function readinessOf(object: Properties): Check | undefined {
  return checks[`${groupOf(text(object, 'apiVersion'))}/${text(object, 'kind')}`];
}
