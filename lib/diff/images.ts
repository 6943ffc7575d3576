import type { KubeObject } from '../kube/object.js';
import { podsOf } from './pods.js';

export interface Image {
  /** Name of the container that runs it. */
  readonly container: string;
  /** As it is written. */
  readonly reference: string;
  /** Without tag and digest. */
  readonly repository: string;
  /** Tag, digest or both, with the separators before them. */
  readonly version: string;
}

/** The images of an object's containers, those of its initialization too. */
export const imagesOf = (object: KubeObject): Image[] =>
  podsOf(object).flatMap(({ containers }) =>
    containers.flatMap(({ name, image }) => (image === undefined ? [] : [parseImage(name, image)])),
  );

function parseImage(container: string, reference: string): Image {
  const [, repository = reference, version = ''] = /^([^@]+?)((?::[\w.-]+)?(?:@.+)?)$/.exec(reference) ?? [];
  return { container, reference, repository, version };
}
