import * as v from 'valibot';
import { cidrProblem } from '../config/address.js';

/** A range of addresses, such as `10.110.0.0/20` or `2001:db8::/64`. */
export const cidrSchema = v.pipe(
  v.string(),
  v.check(
    (range) => cidrProblem(range) === undefined,
    (issue) => cidrProblem(issue.input) ?? '',
  ),
);

/** Ranges that leave nobody out. */
export const EVERYBODY: readonly string[] = ['0.0.0.0/0', '::/0'];

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
