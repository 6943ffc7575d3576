import type { PodSpec } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../../lib/kube/object.js';

/** What pods are made of, and the object that says so. */
export interface PodTemplate {
  readonly owner: KubeObject;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: PodSpec;
}

/** Everything that one cluster gets, and what the rules look up in it. */
export interface ObjectSet {
  readonly objects: readonly KubeObject[];
  readonly pods: readonly PodTemplate[];
  /** Kubernetes' own kinds that stand in a namespace, those of a custom resource definition included. */
  readonly inNamespace: (namespace: string | undefined, kind: string) => readonly KubeObject[];
}

interface Template {
  readonly metadata?: Pick<KubeObject['metadata'], 'labels' | 'annotations'>;
  readonly spec: PodSpec;
}

export function objectSet(objects: readonly KubeObject[]): ObjectSet {
  const places = new Map<string, KubeObject[]>();
  const place = (namespace: string | undefined, kind: string): string => `${kind} ${namespace ?? ''}`;
  for (const object of objects) {
    const key = place(object.metadata.namespace, object.kind);
    places.set(key, [...(places.get(key) ?? []), object]);
  }
  return {
    objects,
    pods: objects.flatMap((owner) => {
      const template = podTemplate(owner);
      if (!template) return [];
      const { labels = {}, annotations = {} } = template.metadata ?? {};
      return [{ owner, labels, annotations, spec: template.spec }];
    }),
    inNamespace: (namespace, kind) => places.get(place(namespace, kind)) ?? [],
  };
}

function podTemplate(object: KubeObject): Template | undefined {
  switch (object.kind) {
    case 'Pod':
      return object as unknown as Template;
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return (object.spec as { template: Template }).template;
    case 'CronJob':
      return (object.spec as { jobTemplate: { spec: { template: Template } } }).jobTemplate.spec.template;
    default:
      return undefined;
  }
}
