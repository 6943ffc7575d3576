import * as v from 'valibot';

const isIpv4 = (text: string): boolean => v.is(v.pipe(v.string(), v.ipv4()), text);
const isIpv6 = (text: string): boolean => v.is(v.pipe(v.string(), v.ipv6()), text);

function isCidr(range: string): boolean {
  const [address = '', prefix = '', ...rest] = range.split('/');
  const longest = isIpv4(address) ? 32 : isIpv6(address) ? 128 : -1;
  return rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
}

/** What is wrong with a range of addresses, or undefined. */
export const cidrProblem = (range: unknown): string | undefined =>
  typeof range === 'string' && isCidr(range)
    ? undefined
    : `${JSON.stringify(range)} is no range of addresses; give one such as "192.0.2.0/24", or "192.0.2.7/32"`;

/** The same of a single address or a range. */
export const addressProblem = (address: unknown): string | undefined =>
  typeof address === 'string' && (isIpv4(address) || isIpv6(address) || isCidr(address))
    ? undefined
    : `${JSON.stringify(address)} is no address and no range; give one such as "192.0.2.7" or "192.0.2.0/24"`;

/** The same of an address of IPv4. */
export const ipv4Problem = (address: unknown): string | undefined =>
  typeof address === 'string' && isIpv4(address)
    ? undefined
    : `${JSON.stringify(address)} is no IPv4 address; give one such as "10.43.0.50"`;
