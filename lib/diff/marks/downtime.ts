import { ingressPaths } from '../../ingress-paths.js';
import type { KubeObject } from '../../kube/object.js';
import { listAt, numberAt, textAt } from '../json.js';
import { fateOf, goesAway, type Rule, WORKLOADS, type World } from '../mark.js';
import { identityOf } from '../object-change.js';

/** Requests that nobody answers, for a while or from now on. */
export const DOWNTIME: readonly Rule[] = [
  (change) => {
    const { before, after, action } = change;
    if (!before || !WORKLOADS.includes(before.kind) || !goesAway(change)) return [];
    if (action === 'rename')
      return [`${before.metadata.name} stops, and ${after?.metadata.name} starts as something new`];
    return action === 'replace' ? ['its pods stop before new ones start'] : ['its pods stop'];
  },

  (change) => {
    const { before, after, action } = change;
    if (before?.kind !== 'Service' || !goesAway(change)) return [];
    return [`${before.metadata.name} does not answer ${action === 'replace' ? 'while it is made anew' : 'under this name any more'}`]
      .concat(after === undefined ? [] : [])
      .map((text) => text);
  },

  ({ before, after, action }) => {
    if (before?.kind !== 'Service' || !after || action === 'rename') return [];
    const ports = new Set(listAt(after, 'spec', 'ports').map(({ port }) => port));
    return listAt(before, 'spec', 'ports')
      .filter(({ port }) => !ports.has(port))
      .map(({ port }) => `port ${port} does not answer any more`);
  },

  ({ before, after }, world) => {
    if (!before || ingressPaths([before]).length === 0) return [];
    const kept = new Set(ingressPaths(world.after).map(({ host }) => host));
    const gone = new Set(ingressPaths([before]).map(({ host }) => host));
    const [goes] = [after ? 'any more' : 'any more'];
    return [...gone].filter((host) => !kept.has(host)).map((host) => `${host} does not answer ${goes}`);
  },

  ({ before, after, fields, action }) => {
    if (!before || after?.kind !== 'Deployment' || action !== 'update') return [];
    const recreates = textAt(after, 'spec', 'strategy', 'type') === 'Recreate';
    return recreates && fields.some(isOfPods) ? ['all pods stop before new ones start (Recreate)'] : [];
  },

  ({ before, after, fields, action }) => {
    if (!before || after?.kind !== 'StatefulSet' || action !== 'update') return [];
    const restarts = textAt(after, 'spec', 'updateStrategy', 'type') !== 'OnDelete' && fields.some(isOfPods);
    return restarts && replicasOf(after, []) === 1 ? ['its only pod restarts'] : [];
  },

  ({ before, after }, world) => {
    if (!before || !after || !SCALED.includes(after.kind)) return [];
    const [old, now] = [replicasOf(before, world.before), replicasOf(after, world.after)];
    if (now >= old || now > 1) return [];
    return [now === 0 ? 'no pod is left' : `one pod is left of ${old}: an update or a lost node is felt`];
  },
];

const SCALED = ['Deployment', 'StatefulSet'];

const isOfPods = ({ path }: { readonly path: readonly string[] }): boolean =>
  path[0] === 'spec' && path[1] === 'template';

/** Pods that are there when little is asked of them. */
function replicasOf(object: KubeObject, side: World['before']): number {
  const autoscaler = side.find(
    (other) =>
      other.kind === 'HorizontalPodAutoscaler' &&
      other.metadata.namespace === object.metadata.namespace &&
      textAt(other, 'spec', 'scaleTargetRef', 'kind') === object.kind &&
      textAt(other, 'spec', 'scaleTargetRef', 'name') === object.metadata.name,
  );
  return (
    (autoscaler ? (numberAt(autoscaler, 'spec', 'minReplicas') ?? 1) : undefined) ??
    numberAt(object, 'spec', 'replicas') ??
    1
  );
}
