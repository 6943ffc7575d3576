import fc from 'fast-check';
import { exactQuantity, isSameQuantity } from '../../lib/diff/exact-quantity.js';

test.each([
  ['1000m', 1],
  ['1Gi', '1024Mi'],
  ['0.5', '500m'],
  ['1k', '1000'],
  ['1e3', '1k'],
  ['1E3', '1000'],
  ['.5Ki', '512'],
  ['+1', '1.000'],
  ['1E', '1000P'],
  ['-1', '-1000m'],
])('%s means the same as %s', (one, other) => expect(isSameQuantity(one, other)).toBe(true));

test.each([
  ['1M', '1Mi'],
  ['1', '1m'],
  ['1Gi', '1023Mi'],
  ['0.1', '0.1000000000000000001'],
  ['1', '-1'],
  ['1E', '1e1'],
])('%s means something else than %s', (one, other) => expect(isSameQuantity(one, other)).toBe(false));

test.each(['', '.', 'Gi', '1 Gi', '1KiB', '1e', 'http', '1e999', undefined, null, true])(
  '%p is no quantity',
  (value) => expect(exactQuantity(value)).toBeUndefined(),
);

test('every spelling of an amount is the same amount', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000_000), (millis) => {
      const spellings = [
        `${millis}m`,
        `${millis}000u`,
        `${millis}e-3`,
        `${(millis / 1000).toFixed(3)}`,
        `+${millis}m`,
      ];
      expect(new Set(spellings.map(exactQuantity))).toEqual(new Set([exactQuantity(`${millis}m`)]));
      expect(isSameQuantity(`${millis}m`, `${millis + 1}m`)).toBe(false);
    }),
  );
});
