import type { KubeObject } from '../../kube/object.js';
import { listAt, numberAt, textAt } from '../json.js';
import { goesAway, type Rule, WORKLOADS } from '../mark.js';
import { placesMissingIn } from '../places.js';
import { Surroundings } from '../world.js';

/** Requests that nobody answers, for a while or from now on. */
export const DOWNTIME: readonly Rule[] = [
  (change) => {
    const { before, after, action } = change;
    if (!before || !WORKLOADS.includes(before.kind) || !goesAway(change)) return [];
    if (action === 'delete') return ['its pods stop'];
    if (action === 'replace') return ['its pods stop before new ones start'];
    return [
      `the pods of ${before.metadata.name} stop, and those of ${after?.metadata.name} start as new ones`,
    ];
  },

  (change) => {
    const { before, action } = change;
    if (before?.kind !== 'Service' || !goesAway(change)) return [];
    return [
      action === 'replace'
        ? 'it does not answer while it is made anew'
        : `nothing answers to the name ${before.metadata.name} any more`,
    ];
  },

  ({ before, after, action }) => {
    if (before?.kind !== 'Service' || !after || action === 'replace') return [];
    const ports = new Set(listAt(after, 'spec', 'ports').map(({ port }) => port));
    return listAt(before, 'spec', 'ports')
      .filter(({ port }) => !ports.has(port))
      .map(({ port }) => `port ${port} does not answer any more`);
  },

  ({ before }, world) =>
    before ? placesMissingIn(world.after, before).map((place) => `${place} does not answer any more`) : [],

  ({ before, after, fields, action }) => {
    if (!before || after?.kind !== 'Deployment' || action !== 'update') return [];
    const recreates = textAt(after, 'spec', 'strategy', 'type') === 'Recreate';
    return recreates && fields.some(isOfPods) ? ['all pods stop before new ones start (Recreate)'] : [];
  },

  ({ before, after, fields, action }) => {
    if (!before || after?.kind !== 'StatefulSet' || action !== 'update' || !fields.some(isOfPods)) return [];
    const waits = textAt(after, 'spec', 'updateStrategy', 'type') === 'OnDelete';
    return !waits && replicasOf(after, NOTHING) === 1 ? ['its only pod restarts'] : [];
  },

  ({ before, after }, world) => {
    if (!before || !after || !SCALED.includes(after.kind)) return [];
    const [old, now] = [replicasOf(before, world.before), replicasOf(after, world.after)];
    if (now >= old || now > 1) return [];
    return [now === 0 ? 'no pod is left' : `one pod is left of ${old}: an update or a lost node is felt`];
  },
];

const NOTHING = new Surroundings([]);
const SCALED = ['Deployment', 'StatefulSet'];

const isOfPods = ({ path }: { readonly path: readonly string[] }): boolean =>
  path[0] === 'spec' && path[1] === 'template';

/** Pods that are there when little is asked of them. */
function replicasOf(object: KubeObject, side: Surroundings): number {
  const [autoscaler] = side.autoscalersOf(object);
  return autoscaler
    ? (numberAt(autoscaler, 'spec', 'minReplicas') ?? 1)
    : (numberAt(object, 'spec', 'replicas') ?? 1);
}
