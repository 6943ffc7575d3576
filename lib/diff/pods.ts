import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../kube/object.js';
import { at, fieldsAt, isFields } from './json.js';

/** The pods that a workload makes. */
export interface Pods {
  readonly spec: PodSpec;
  readonly labels: Readonly<Record<string, unknown>>;
  /** Those of the initialization first. */
  readonly containers: readonly Container[];
}

const TEMPLATES: readonly (readonly string[])[] = [
  ['spec', 'template'],
  ['spec', 'jobTemplate', 'spec', 'template'],
];

/** The pods of an object, if it has any. */
export function podsOf(object: KubeObject | undefined): Pods[] {
  const template =
    object?.kind === 'Pod'
      ? object
      : TEMPLATES.map((path) => at(object, ...path)).find((found) =>
          Array.isArray(at(found, 'spec', 'containers')),
        );
  const spec = at(template, 'spec');
  if (!isFields(spec) || ![spec.containers, spec.initContainers ?? []].every(areContainers)) return [];
  const pod = spec as unknown as PodSpec;
  return [
    {
      spec: pod,
      labels: fieldsAt(template, 'metadata', 'labels'),
      containers: [...(pod.initContainers ?? []), ...pod.containers],
    },
  ];
}

const areContainers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => isFields(item) && typeof item.image !== 'object');
