import fc from 'fast-check';
import { contains, overlaps } from '../../lib/diff/address-range.js';

test.each([
  ['0.0.0.0/0', '192.0.2.7/32'],
  ['10.0.0.0/8', '10.255.0.0/16'],
  ['::/0', '2001:db8::/32'],
  ['2001:db8::/32', '2001:db8:1::1/128'],
  ['fc00::/7', 'fd00::/8'],
])('%s holds %s, and not the other way round', (outer, inner) => {
  expect(contains(outer, inner)).toBe(true);
  expect(contains(inner, outer)).toBe(false);
  expect(overlaps(inner, outer)).toBe(true);
});

test.each([
  ['10.0.0.0/8', '11.0.0.0/8'],
  ['0.0.0.0/0', '::/0'],
  ['10.0.0.0/33', '10.0.0.0/33'],
  ['10.0.0/8', '10.0.0/8'],
  ['1:2:3:4:5:6:7:8:9/8', '1::/8'],
  ['300.0.0.0/8', '300.0.0.0/8'],
  ['10.0.0.0', '10.0.0.0'],
])('%s and %s have nothing in common, or are none', (one, other) => expect(overlaps(one, other)).toBe(false));

test('a range holds exactly those that agree in its leading bits', () => {
  const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  fc.assert(
    fc.property(address, address, fc.integer({ min: 0, max: 32 }), (one, other, prefix) => {
      const bits = (parts: readonly number[]) =>
        parts.map((part) => part.toString(2).padStart(8, '0')).join('');
      expect(contains(`${one.join('.')}/${prefix}`, `${other.join('.')}/32`)).toBe(
        bits(one).slice(0, prefix) === bits(other).slice(0, prefix),
      );
    }),
  );
});
