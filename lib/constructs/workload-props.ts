import { CONTAINER_KEYS, type ContainerProps } from '../kube/container.js';
import type { KeysOf } from '../kube/known-keys.js';
import type { Metrics } from '../kube/metrics.js';
import type { Usable } from '../kube/uses.js';
import type { Job } from './job.js';

/** What every kind of workload takes. */
export interface WorkloadProps extends ContainerProps {
  /** Names all objects. @default the construct's id */
  readonly name?: string;
  /** What it connects to: brings their addresses as variables and opens the network path. @default nothing */
  readonly uses?: readonly Usable[];
  /** Run one after the other to their end before the others start, by name. @default none */
  readonly init?: Readonly<Record<string, ContainerProps>>;
  /** Run beside the main container for as long as it does, by name; they see what it `uses`. @default none */
  readonly sidecars?: Readonly<Record<string, ContainerProps>>;
  /** Where Prometheus finds metrics. @default nowhere */
  readonly metrics?: Metrics;
  /**
   * Seconds that a pod has to end, before it is killed; of a service's, the first ten are those in which the ingress
   * learns that the pod is gone.
   * @default 30
   */
  readonly stopSeconds?: number;
  /** Jobs that must have ended well before this version starts, such as a migration. @default none */
  readonly after?: readonly Job[];
}

export const WORKLOAD_KEYS: KeysOf<WorkloadProps> = {
  ...CONTAINER_KEYS,
  name: true,
  uses: true,
  init: true,
  sidecars: true,
  metrics: true,
  stopSeconds: true,
  after: true,
};

/** The containers of the pod: its own, then those that run before it and beside it. */
export const containersOf = (props: WorkloadProps): ContainerProps[] => [
  props,
  ...Object.values(props.init ?? {}),
  ...Object.values(props.sidecars ?? {}),
];
