import type { ContainerPort } from 'kubernetes-types/core/v1';

type Labels = Readonly<Record<string, string>>;

/** One end of a connection: a pod of the cluster, or an address outside it. */
export type Party = Pod | Address;

export interface Pod {
  readonly kind: 'pod';
  /** `namespace/name`, for messages. */
  readonly name: string;
  readonly namespace: string;
  readonly namespaceLabels: Labels;
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  /** Its own, of the range from which the cluster gives pods theirs. */
  readonly address: string;
}

export interface Address {
  readonly kind: 'address';
  readonly name: string;
  readonly address: string;
}

export interface Connection {
  readonly from: Party;
  readonly to: Party;
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}
