import * as v from 'valibot';

/** A range of addresses, such as `10.110.0.0/20` or `2001:db8::/64`. */
export const cidrSchema = v.pipe(
  v.string(),
  v.check(
    isCidr,
    (issue) => `${JSON.stringify(issue.input)} is no range of addresses; give one such as "192.0.2.7/32"`,
  ),
);

function isCidr(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/');
  const longest = v.is(v.pipe(v.string(), v.ipv4()), address)
    ? 32
    : v.is(v.pipe(v.string(), v.ipv6()), address)
      ? 128
      : -1;
  return rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest;
}

/** Whether two ranges of IPv4 have an address in common. */
export function overlap(one: string, other: string): boolean {
  const ranges = [one, other].map((cidr) => {
    const [address = '', prefix = ''] = cidr.split('/');
    const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return { number, size: 2 ** (32 - Number(prefix)) };
  });
  const size = Math.max(...ranges.map((range) => range.size));
  return new Set(ranges.map(({ number }) => Math.floor(number / size))).size === 1;
}
