/** A range of addresses; the family tells 10.0.0.0 from ::a00:0. */
interface AddressRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** Whether the first range holds the whole second one. Of what is no range nothing is said. */
export function contains(outer: string, inner: string): boolean {
  const [wide, narrow] = [rangeOf(outer), rangeOf(inner)];
  if (!wide || !narrow || wide.family !== narrow.family) return false;
  return wide.first <= narrow.first && narrow.last <= wide.last;
}

/** Whether two ranges have an address in common: of two such ranges one always holds the other. */
export const overlaps = (one: string, other: string): boolean => contains(one, other) || contains(other, one);

function rangeOf(cidr: string): AddressRange | undefined {
  const [address = '', prefix = ''] = cidr.split('/');
  const family = address.includes(':') ? 6 : 4;
  const bits = family === 4 ? 32 : 128;
  const number =
    family === 4 ? numberOf(address.split('.'), 4, 8, 10) : numberOf(groupsOf(address), 8, 16, 16);
  if (number === undefined || !/^\d+$/.test(prefix) || Number(prefix) > bits) return undefined;
  const size = 1n << BigInt(bits - Number(prefix));
  const first = number - (number % size);
  return { family, first, last: first + size - 1n };
}

/** The groups of an IPv6 address, those that `::` leaves out included. */
function groupsOf(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const groups = (text: string) => text.split(':').filter((group) => group !== '');
  if (tail === undefined) return groups(head);
  const missing = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array<string>(Math.max(missing, 0)).fill('0'), ...groups(tail)];
}

function numberOf(parts: readonly string[], count: number, bits: number, radix: 10 | 16): bigint | undefined {
  const numbers = parts.map((part) => (/^[\da-f]+$/i.test(part) ? Number.parseInt(part, radix) : Number.NaN));
  if (numbers.length !== count || !numbers.every((number) => number < 2 ** bits)) return undefined;
  return numbers.reduce((sum, number) => (sum << BigInt(bits)) + BigInt(number), 0n);
}
