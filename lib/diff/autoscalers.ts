import type { KubeObject } from '../kube/object.js';
import { textAt } from './json.js';

/** Whether an object is the autoscaler of another one. */
export const scales = (autoscaler: KubeObject, { kind, metadata }: KubeObject): boolean =>
  autoscaler.kind === 'HorizontalPodAutoscaler' &&
  autoscaler.metadata.namespace === metadata.namespace &&
  textAt(autoscaler, 'spec', 'scaleTargetRef', 'kind') === kind &&
  textAt(autoscaler, 'spec', 'scaleTargetRef', 'name') === metadata.name;
