import fc from 'fast-check';
import { currentUser, toLabel } from '../../cli/user.js';
import { nameProblem } from '../../lib/config/name.js';

test('KEELSON_USER says whose environment it is, and an empty one says nobody', () => {
  expect(currentUser({ KEELSON_USER: 'ada', CI: 'true' })).toBe('ada');
  expect(currentUser({ KEELSON_USER: '' })).toBeUndefined();
});

test('in CI there is nobody at the keyboard', () => {
  expect(currentUser({ CI: 'true' })).toBeUndefined();
});

test.each([
  ['Ada Lovelace', 'ada-lovelace'],
  ['ada.lovelace@example', 'ada-lovelace-example'],
  ['José', 'jose'],
  ['42', undefined],
  ['_', undefined],
])('%s → %s', (name, label) => {
  expect(toLabel(name)).toBe(label);
});

test('a label of any login name is a valid name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const label = toLabel(name);
      return label === undefined || nameProblem(label) === undefined;
    }),
  );
});
