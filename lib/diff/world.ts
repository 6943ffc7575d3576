import { ingressPaths } from '../ingress-paths.js';
import type { KubeObject } from '../kube/object.js';
import { at, isFields, textAt } from './json.js';

/** All objects of one side, found without looking at each of them again for every change. */
export class Surroundings {
  private readonly kinds = new Map<string, KubeObject[]>();
  private places: ReturnType<typeof ingressPaths> | undefined;

  constructor(readonly objects: readonly KubeObject[]) {
    for (const object of objects) {
      const others = this.kinds.get(object.kind);
      if (others) others.push(object);
      else this.kinds.set(object.kind, [object]);
    }
  }

  ofKind(kind: string): readonly KubeObject[] {
    return this.kinds.get(kind) ?? [];
  }

  /** Hosts and paths that are answered from outside. */
  ingressPaths(): ReturnType<typeof ingressPaths> {
    this.places ??= openPaths(this.objects);
    return this.places;
  }

  autoscalersOf(object: KubeObject): KubeObject[] {
    return this.ofKind('HorizontalPodAutoscaler').filter((autoscaler) => scales(autoscaler, object));
  }

  targetOf(autoscaler: KubeObject): KubeObject | undefined {
    if (autoscaler.kind !== 'HorizontalPodAutoscaler') return undefined;
    const kind = textAt(autoscaler, 'spec', 'scaleTargetRef', 'kind') ?? '';
    return this.ofKind(kind).find((object) => scales(autoscaler, object));
  }
}

/** Hosts and paths that objects answer from outside; of an object that lacks what its kind needs nothing is said. */
export const openPaths = (objects: readonly KubeObject[]): ReturnType<typeof ingressPaths> =>
  ingressPaths(
    objects.filter((object) => {
      const list = at(object, 'spec', object.kind === 'Ingress' ? 'rules' : 'routes');
      if (!Array.isArray(list) || !list.every(isFields)) return false;
      return object.kind === 'Ingress'
        ? list.every(
            ({ http }) =>
              !http || (isFields(http) && Array.isArray(http.paths) && http.paths.every(isFields)),
          )
        : list.every(({ match }) => typeof match === 'string');
    }),
  );

const scales = (autoscaler: KubeObject, { kind, metadata }: KubeObject): boolean =>
  autoscaler.metadata.namespace === metadata.namespace &&
  textAt(autoscaler, 'spec', 'scaleTargetRef', 'kind') === kind &&
  textAt(autoscaler, 'spec', 'scaleTargetRef', 'name') === metadata.name;

/** Both sides, with which a change is seen in its surroundings. */
export interface World {
  readonly before: Surroundings;
  readonly after: Surroundings;
  /** Workloads that have another name now. */
  readonly renames: readonly Rename[];
}

export interface Rename {
  readonly namespace: string | undefined;
  readonly from: string;
  readonly to: string;
}
