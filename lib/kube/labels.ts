import type { Construct } from 'constructs';
import { partOf } from './context.js';

/** The label that selectors use: chosen, stable, the same wherever the construct stands in the tree. */
export const NAME = 'app.kubernetes.io/name';

/** Labels of every object. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labels(scope: Construct, name: string): Record<string, string> {
  const application = partOf(scope);
  return {
    [NAME]: name,
    'app.kubernetes.io/managed-by': 'keelson',
    ...(application && { 'app.kubernetes.io/part-of': application }),
  };
}
