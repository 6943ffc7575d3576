import * as pulumi from '@pulumi/pulumi';
import type { ClusterOutputs } from './cluster-outputs.js';
import { type PriceEstimate, priceEstimate, priceText } from './price-estimate.js';
import { digitalocean } from './sdk.js';
import { SIZES, type SizeTable, slugWarnings } from './sizes.js';

/** Nodes of one size. */
export interface NodePool {
  /** @default s-2vcpu-4gb */
  readonly size?: string;
  /** @default 2 */
  readonly count?: number;
}

export interface ManagedClusterArgs {
  readonly region: string;
  /** DigitalOcean's own slug, such as `1.34.1-do.0`; `doctl kubernetes options versions` lists them. */
  readonly version: string;
  /** The pool that the cluster is made with. Its size is fixed: a new one belongs to `pools`. */
  readonly nodes?: NodePool;
  /** Further pools, by name. @default none */
  readonly pools?: Readonly<Record<string, NodePool>>;
  /** Addresses of the private network. @default the region's default VPC */
  readonly vpcUuid?: pulumi.Input<string>;
  /** A control plane of several machines; it cannot be taken back. @default false */
  readonly highlyAvailable?: boolean;
  /** Refuse to delete or replace the cluster. @default true */
  readonly protect?: boolean;
  /** @default the dated table */
  readonly sizes?: SizeTable;
}

/**
 * DigitalOcean Kubernetes, for those who would rather not run machines: the same outputs as {@link Cluster}.
 *
 * @example
 * new ManagedCluster('main', { region: 'fra1', version: '1.34.1-do.0' });
 */
export class ManagedCluster extends pulumi.ComponentResource implements ClusterOutputs {
  readonly region: string;
  readonly kubeconfig: pulumi.Output<string>;
  readonly storageClass = 'do-block-storage';
  readonly price: PriceEstimate;

  constructor(name: string, args: ManagedClusterArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('keelson:digitalocean:ManagedCluster', name, {}, options);
    const { KubernetesCluster, KubernetesNodePool } = digitalocean();
    const { region, version, nodes = {}, pools = {}, highlyAvailable = false, sizes = SIZES } = args;
    const complete = ({ size = 's-2vcpu-4gb', count = 2 }: NodePool) => ({ size, nodeCount: count });
    const all = [nodes, ...Object.values(pools)].map(complete);
    const slugs = all.flatMap(({ size, nodeCount }) => Array<string>(nodeCount).fill(size));
    this.price = priceEstimate({ machines: slugs, highlyAvailable }, sizes);
    for (const warning of slugWarnings(slugs, region, sizes)) void pulumi.log.warn(warning, this);
    if (pulumi.runtime.isDryRun()) void pulumi.log.info(priceText(this.price), this);

    const cluster = new KubernetesCluster(
      name,
      {
        name,
        region,
        version,
        vpcUuid: args.vpcUuid,
        ha: highlyAvailable,
        // An upgrade is an edit of `version`, with a preview, and never a surprise.
        autoUpgrade: false,
        surgeUpgrade: true,
        nodePool: { name: `${name}-nodes`, ...complete(nodes) },
      },
      { parent: this, protect: args.protect ?? true },
    );
    for (const [pool, settings] of Object.entries(pools))
      new KubernetesNodePool(
        `${name}-${pool}`,
        { clusterId: cluster.id, name: `${name}-${pool}`, ...complete(settings) },
        { parent: this },
      );
    this.region = region;
    this.kubeconfig = pulumi.secret(cluster.kubeConfigs.apply(([access]) => access?.rawConfig ?? ''));
    this.registerOutputs();
  }
}
