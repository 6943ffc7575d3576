import * as fc from 'fast-check';
import { k3sUpgrade } from '../../stacks/machine/k3s-upgrade.js';

const minor = fc.integer({ min: 20, max: 60 });

test('the same minor and the next one are allowed, whatever they are called', () => {
  fc.assert(
    fc.property(minor, (from) => {
      expect(k3sUpgrade(`k3s_1_${from}`, `v1.${from}.7+k3s1`)).toEqual([]);
      expect(() => k3sUpgrade(`v1.${from}.2+k3s1`, `k3s_1_${from + 1}`)).not.toThrow();
    }),
  );
});

test('every other step is refused, and the next package is named', () => {
  fc.assert(
    fc.property(minor, minor, (from, to) => {
      fc.pre(to !== from && to !== from + 1);
      expect(() => k3sUpgrade(`k3s_1_${from}`, `k3s_1_${to}`)).toThrow(
        to < from ? `keep "k3s_1_${from}"` : `the next is "k3s_1_${from + 1}"`,
      );
    }),
  );
});

test('what a minor breaks is named when it is come to, with its source', () => {
  const [change, ...others] = k3sUpgrade('k3s_1_31', 'k3s_1_32');
  expect(others).toEqual([]);
  expect(change?.what).toContain('traefik v2 becomes v3');
  expect(change?.source).toMatch(/^https:/);
  expect(k3sUpgrade('k3s_1_32', 'k3s_1_33')).toEqual([]);
});

test('what is no version is refused', () => {
  expect(() => k3sUpgrade('k3s', 'k3s_1_35')).toThrow('"k3s" is no k3s');
});
