import { didYouMean } from '../../lib/config/problem.js';

/** A size of droplets. */
export interface Size {
  readonly slug: string;
  readonly vcpus: number;
  /** MiB. */
  readonly memory: number;
  /** USD for a whole month; undefined where no price is known. */
  readonly monthly?: number;
  /** Regions that have it. @default not known, so none is refused */
  readonly regions?: readonly string[];
}

/** Sizes with the day and the place that they were read. */
export interface SizeTable {
  /** ISO date. */
  readonly asOf: string;
  readonly source: string;
  readonly sizes: readonly Size[];
}

/** `s-2vcpu-4gb-amd` → 2 vCPUs and 4096 MiB, as every slug but those of the `c` family says it. */
function fromSlug(slug: string): Size {
  const [, vcpus = '0', amount = '0', unit] = /(\d+)vcpu-(\d+)(mb|gb)/.exec(slug) ?? [];
  return { slug, vcpus: Number(vcpus), memory: Number(amount) * (unit === 'gb' ? 1024 : 1) };
}

const priced = (monthly: number, slug: string): Size => ({ ...fromSlug(slug), monthly });

/**
 * For stacks that have no token to ask with. Slugs: the list of `@pulumi/digitalocean` 4.80.1. Prices: those of the
 * Basic plan since July 2022, seen unchanged in public price lists of May and July 2026; DigitalOcean's own page was
 * not at hand, so a plan whose price was found in no second place has none.
 *
 * @see https://gist.github.com/colinwilson/cd31bde012f6727b24b2fc4ebee749c0
 */
export const SIZES: SizeTable = {
  asOf: '2026-07-21',
  source: 'public price lists',
  sizes: [
    priced(4, 's-1vcpu-512mb-10gb'),
    priced(6, 's-1vcpu-1gb'),
    priced(12, 's-1vcpu-2gb'),
    priced(18, 's-2vcpu-2gb'),
    priced(24, 's-2vcpu-4gb'),
    priced(32, 's-2vcpu-4gb-120gb-intel'),
    priced(48, 's-4vcpu-8gb'),
    priced(96, 's-8vcpu-16gb'),
    ...[
      's-1vcpu-2gb-amd s-1vcpu-2gb-intel s-1vcpu-2gb-70gb-intel s-2vcpu-2gb-amd s-2vcpu-2gb-intel',
      's-2vcpu-2gb-90gb-intel s-2vcpu-4gb-amd s-2vcpu-4gb-intel s-2vcpu-8gb-amd s-2vcpu-8gb-160gb-intel',
      's-4vcpu-8gb-amd s-4vcpu-8gb-intel s-4vcpu-8gb-240gb-intel s-4vcpu-16gb-amd s-4vcpu-16gb-320gb-intel',
      's-8vcpu-16gb-amd s-8vcpu-16gb-intel s-8vcpu-16gb-480gb-intel s-8vcpu-32gb-amd s-8vcpu-32gb-640gb-intel',
      'g-2vcpu-8gb g-2vcpu-8gb-intel g-4vcpu-16gb g-4vcpu-16gb-intel g-8vcpu-32gb g-8vcpu-32gb-intel',
      'gd-2vcpu-8gb gd-4vcpu-16gb gd-8vcpu-32gb m-2vcpu-16gb m-4vcpu-32gb m-8vcpu-64gb m3-2vcpu-16gb',
      'm3-4vcpu-32gb so-2vcpu-16gb so-4vcpu-32gb c2-2vcpu-4gb c2-4vcpu-8gb c2-8vcpu-16gb',
    ].flatMap((line) => line.split(' ').map(fromSlug)),
    // The `c` family names vCPUs alone: 2 GiB each.
    ...[2, 4, 8, 16].map((vcpus) => ({ slug: `c-${vcpus}`, vcpus, memory: vcpus * 2048 })),
  ],
};

/** Regions as `@pulumi/digitalocean` 4.80.1 lists them, without those that are closed to new droplets, and `atl1`. */
export const REGIONS: readonly string[] =
  'ams3 atl1 blr1 fra1 lon1 nyc1 nyc2 nyc3 sfo2 sfo3 sgp1 syd1 tor1'.split(' ');

/** Regions with Spaces. @see digitalocean/spaces/spaces_entities.go of terraform-provider-digitalocean 401992a1 */
export const SPACES_REGIONS: readonly string[] =
  'ams3 atl1 blr1 fra1 lon1 nyc3 sfo2 sfo3 sgp1 syd1 tor1'.split(' ');

export const sizeOf = (slug: string, { sizes }: SizeTable = SIZES): Size | undefined =>
  sizes.find((size) => size.slug === slug);

/**
 * What is odd about a size or a region: warnings, for the tables may be older than DigitalOcean's.
 *
 * @param sizes from {@link sizesFromApi} where there is a token
 */
export function slugWarnings(slugs: readonly string[], region: string, table: SizeTable = SIZES): string[] {
  const warnings = [...new Set(slugs)].flatMap((slug) => {
    const size = sizeOf(slug, table);
    if (size === undefined) {
      const known = table.sizes.map((other) => other.slug);
      return [`size "${slug}" is not among the known ones of ${table.asOf}${didYouMean(slug, known)}`];
    }
    return size.regions === undefined || size.regions.includes(region)
      ? []
      : [`size "${slug}" is not to be had in region "${region}"; it is in: ${size.regions.join(', ')}`];
  });
  return REGIONS.includes(region)
    ? warnings
    : [...warnings, `region "${region}" is not among the known ones${didYouMean(region, REGIONS)}`];
}
