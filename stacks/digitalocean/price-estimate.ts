import { SIZES, type SizeTable, sizeOf } from './sizes.js';

/** The parts of a cluster that cost money. */
export interface PricedCluster {
  /** The size of every machine or node. */
  readonly machines: readonly string[];
  /** GiB of every volume. @default none */
  readonly volumes?: readonly number[];
  /** @default 0 */
  readonly loadBalancers?: number;
  /** Whether snapshots go to Spaces. @default false */
  readonly spaces?: boolean;
  /** Whether DigitalOcean Kubernetes runs a control plane of several machines. @default false */
  readonly highlyAvailable?: boolean;
}

export interface PriceLine {
  /** Such as `3 droplets s-2vcpu-4gb`. */
  readonly what: string;
  /** USD a month; undefined where no price is known. */
  readonly monthly?: number;
  /** ISO date of the price. */
  readonly asOf: string;
  readonly source: string;
}

export interface PriceEstimate {
  /** USD a month of everything whose price is known, without taxes, traffic and snapshots beyond what is included. */
  readonly monthly: number;
  readonly lines: readonly PriceLine[];
  /** Whether every part has a price. */
  readonly complete: boolean;
}

/** USD a month. None is from an invoice; `sizesFromApi` tells the droplets' for certain. */
export const PRICES = {
  /** Of one GiB. */
  volume: { monthly: 0.1, asOf: '2026-07-21', source: 'public price lists' },
  loadBalancer: { monthly: 12, asOf: '2026-07-21', source: 'public price lists' },
  highlyAvailable: {
    monthly: 40,
    asOf: '2026-11-21',
    source: 'https://docs.digitalocean.com/products/kubernetes/details/pricing/',
  },
  /** Of all buckets together, 250 GiB included. */
  spaces: {
    monthly: 5,
    asOf: '2018-11-27',
    source: 'https://www.digitalocean.com/community/questions/prices-explanation-5-per-space-or-5-for-spaces',
  },
} as const;

/**
 * What a cluster costs in a month, about.
 *
 * @example
 * priceEstimate({ machines: ['s-2vcpu-4gb'], volumes: [20] }).monthly; // 26
 */
export function priceEstimate(cluster: PricedCluster, table: SizeTable = SIZES): PriceEstimate {
  const { machines, volumes = [], loadBalancers = 0, spaces = false, highlyAvailable = false } = cluster;
  const gib = volumes.reduce((sum, size) => sum + size, 0);
  const droplets = [...new Set(machines)].map((slug): PriceLine => {
    const count = machines.filter((other) => other === slug).length;
    const each = sizeOf(slug, table)?.monthly;
    return {
      what: `${count} ${count === 1 ? 'droplet' : 'droplets'} ${slug}`,
      ...(each !== undefined && { monthly: count * each }),
      asOf: table.asOf,
      source: table.source,
    };
  });
  const lines = [
    ...droplets,
    ...counted(gib, `${gib} GiB of volumes`, PRICES.volume),
    ...counted(loadBalancers, `${loadBalancers} load balancer`, PRICES.loadBalancer),
    ...counted(spaces ? 1 : 0, 'Spaces', PRICES.spaces),
    ...counted(highlyAvailable ? 1 : 0, 'a highly available control plane', PRICES.highlyAvailable),
  ];
  const cents = lines.reduce((sum, { monthly = 0 }) => sum + Math.round(monthly * 100), 0);
  return { monthly: cents / 100, lines, complete: lines.every(({ monthly }) => monthly !== undefined) };
}

const counted = (count: number, what: string, price: Omit<PriceLine, 'what'>): PriceLine[] =>
  count === 0 ? [] : [{ ...price, what, monthly: (price.monthly ?? 0) * count }];

/** `About 26 USD a month: 1 droplet s-2vcpu-4gb 24, 20 GiB of volumes 2 (prices of 2026-07-21).` */
export function priceText({ monthly, lines, complete }: PriceEstimate): string {
  const parts = lines.map((line) => `${line.what} ${line.monthly ?? '(price unknown)'}`);
  const oldest = lines.map(({ asOf }) => asOf).sort()[0] ?? '';
  return `${complete ? 'About' : 'More than'} ${monthly} USD a month: ${parts.join(', ')} (prices of ${oldest} and later).`;
}

/** What one resource costs in a month, in USD; undefined where that is nothing, or not known. */
export function monthlyOf(type: string, inputs: Readonly<Record<string, unknown>>): number | undefined {
  const { monthly, lines, complete } = priceEstimate(pricedParts(type, inputs));
  return lines.length > 0 && complete ? monthly : undefined;
}

function pricedParts(type: string, inputs: Readonly<Record<string, unknown>>): PricedCluster {
  const nodes = ({ size, nodeCount }: Readonly<Record<string, unknown>>): string[] =>
    Array.from({ length: Number(nodeCount ?? 1) }, () => String(size));
  switch (type.split(':').at(-1)) {
    case 'Droplet':
      return { machines: [String(inputs.size)] };
    case 'Volume':
      return { machines: [], volumes: [Number(inputs.size)] };
    case 'LoadBalancer':
      return { machines: [], loadBalancers: 1 };
    case 'SpacesBucket':
      return { machines: [], spaces: true };
    case 'KubernetesNodePool':
      return { machines: nodes(inputs) };
    case 'KubernetesCluster':
      return {
        machines: nodes((inputs.nodePool ?? {}) as Readonly<Record<string, unknown>>),
        highlyAvailable: inputs.ha === true,
      };
    default:
      return { machines: [] };
  }
}
