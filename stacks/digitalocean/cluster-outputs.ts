import type * as pulumi from '@pulumi/pulumi';
import type { PriceEstimate } from './price-estimate.js';

/** What environments need to know of a cluster, whoever runs it. */
export interface ClusterOutputs {
  readonly region: string;
  /** A secret, with one context. */
  readonly kubeconfig: pulumi.Output<string>;
  /** Where claims go that name no storage class. */
  readonly storageClass: string;
  readonly price: PriceEstimate;
}
