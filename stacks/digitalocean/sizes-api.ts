import type { Size, SizeTable } from './sizes.js';

export interface SizesApiOptions {
  /** A token with the scope `sizes:read`. */
  readonly token: string;
  /** @default https://api.digitalocean.com */
  readonly apiEndpoint?: string;
  /** ISO date that the table is given. @default today */
  readonly today?: string;
}

interface Page {
  readonly sizes: readonly {
    readonly slug: string;
    readonly available: boolean;
    readonly vcpus: number;
    readonly memory: number;
    readonly price_monthly: number;
    readonly regions: readonly string[];
  }[];
  readonly links?: { readonly pages?: { readonly next?: string } };
}

/**
 * Sizes, prices and regions as DigitalOcean says them now.
 *
 * @see https://docs.digitalocean.com/reference/api/reference/sizes/
 * @throws Error where the token is refused or nobody answers; the caller goes on with `SIZES`
 */
export async function sizesFromApi(options: SizesApiOptions): Promise<SizeTable> {
  const { token, apiEndpoint = 'https://api.digitalocean.com' } = options;
  const sizes: Size[] = [];
  for (let page = 1; ; page++) {
    const url = new URL(`/v2/sizes?per_page=200&page=${page}`, apiEndpoint);
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok)
      throw new Error(`DigitalOcean does not tell its sizes: ${response.status} ${await response.text()}`);
    const answer = (await response.json()) as Page;
    for (const { slug, available, vcpus, memory, price_monthly: monthly, regions } of answer.sizes)
      if (available) sizes.push({ slug, vcpus, memory, monthly, regions });
    if (answer.links?.pages?.next === undefined) break;
  }
  return {
    asOf: options.today ?? new Date().toISOString().slice(0, 10),
    source: new URL('/v2/sizes', apiEndpoint).href,
    sizes,
  };
}
