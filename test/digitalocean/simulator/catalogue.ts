import { SIZES } from '../../../stacks/digitalocean/sizes.js';
import type { JsonObject } from './json.js';

/** Regions of the simulated cloud. Every size is in each, but for the large ones, which `blr1` lacks. */
export const REGIONS = ['ams3', 'blr1', 'fra1', 'nyc3'];
export const IMAGES = ['ubuntu-22-04-x64', 'ubuntu-24-04-x64'];

/** The documented shape of `/v2/sizes`; a size without a known price is given one here, for every size has one. */
export const sizes: readonly JsonObject[] = SIZES.sizes.map(({ slug, vcpus, memory, monthly = 99 }) => ({
  slug,
  vcpus,
  memory,
  disk: vcpus * 40,
  transfer: 4,
  available: true,
  description: 'Basic',
  price_monthly: monthly,
  price_hourly: monthly / 672,
  regions: REGIONS.filter((region) => region !== 'blr1' || memory <= 4096),
}));

export const regions: readonly JsonObject[] = REGIONS.map((slug) => ({
  slug,
  name: slug.toUpperCase(),
  available: true,
  features: ['backups', 'ipv6', 'metadata', 'storage'],
  sizes: sizes.flatMap(({ slug: size, regions }) =>
    (regions as string[]).includes(slug) ? [`${size}`] : [],
  ),
}));

export const regionOf = (slug: string): JsonObject | undefined =>
  regions.find((region) => region.slug === slug);
export const sizeOf = (slug: string): JsonObject | undefined => sizes.find((size) => size.slug === slug);
