import type { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Endpoint, NetworkPeer } from './endpoint.js';

/** What a component is to a person who reads the graph. */
export type ComponentKind =
  | 'service'
  | 'stateful-service'
  | 'worker'
  | 'scheduled-job'
  | 'job'
  | 'store'
  | 'external';

/** A part of an application that uses others or is used: a node of its graph. */
export interface Component {
  /** Unique among the components of its chart. */
  readonly name: string;
  readonly kind: ComponentKind;
  /** Its objects are those below this construct. */
  readonly construct: Construct;
  /** The environment that it stands in. */
  readonly chart: Chart;
  /** Where its own connections come from; nothing connects from outside the cluster. */
  readonly peer?: NetworkPeer;
  /** What others use; a worker has none. */
  readonly endpoint?: Endpoint;
  /** What has to be done before it starts. */
  readonly after: readonly Construct[];
  /** Complete host names outside the cluster. */
  readonly hosts: readonly string[];
}

/** One component uses another. */
export interface Edge {
  readonly from: Component;
  readonly to: Component;
}
