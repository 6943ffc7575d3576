import type { Container } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../../../lib/kube/object.js';
import type { ObjectSet, PodTemplate } from './object-set.js';

/** One thing that is wrong with one object. */
export interface Finding {
  readonly object: KubeObject;
  readonly message: string;
}

/** One sentence of the policy. Its name is what an ignore refers to. */
export interface Rule {
  readonly name: string;
  readonly check: (set: ObjectSet) => Finding[];
}

/** A rule about objects of some kinds, or of every kind where none is named. */
export const objectRule = (
  name: string,
  kinds: readonly string[],
  check: (object: KubeObject, set: ObjectSet) => readonly string[],
): Rule => ({
  name,
  check: (set) =>
    set.objects
      .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
      .flatMap((object) => check(object, set).map((message) => ({ object, message }))),
});

/** A rule about every pod template, whatever makes pods of it. */
export const podRule = (
  name: string,
  check: (pod: PodTemplate, set: ObjectSet) => readonly string[],
): Rule => ({
  name,
  check: (set) =>
    set.pods.flatMap((pod) => check(pod, set).map((message) => ({ object: pod.owner, message }))),
});

/** A rule about every container, those that initialize included. */
export const containerRule = (
  name: string,
  check: (container: Container, pod: PodTemplate) => readonly string[],
): Rule =>
  podRule(name, (pod) =>
    [...(pod.spec.initContainers ?? []), ...pod.spec.containers].flatMap((container) =>
      check(container, pod).map((message) => `container ${container.name}: ${message}`),
    ),
  );

/** The message where a condition does not hold. */
export const unless = (holds: boolean, message: string): string[] => (holds ? [] : [message]);
