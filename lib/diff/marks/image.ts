import { imagesOf } from '../images.js';
import type { Rule } from '../mark.js';

/** What a changed container runs from now on. */
export const IMAGE: readonly Rule[] = [
  ({ before, after }) => {
    const old = new Map(before ? imagesOf(before).map((image) => [image.container, image]) : []);
    const now = after ? imagesOf(after) : [];
    // The container of a renamed workload is renamed with it.
    const only = old.size === 1 && now.length === 1 ? [...old.values()][0] : undefined;
    return now.flatMap(({ container, reference, repository, version }) => {
      const was = old.get(container) ?? only;
      if (!was || was.reference === reference) return [];
      return [
        was.repository === repository
          ? `${repository}${was.version || ' without a tag'} → ${version || 'without a tag'}`
          : `${was.reference} → ${reference}`,
      ];
    });
  },
];
