import { isConsumed, missingIn, shownCounts, sumOf, writtenCounts } from './measurements/stream-counts.js';

const written = writtenCounts([
  ['1-0', ['kind', 'arrival']],
  ['2-0', ['kind', 'departure']],
  ['3-0', ['kind', 'arrival']],
  ['4-0', ['kind', 'delay']],
]);

test('an event that is counted twice does not stand for one that is lost', () => {
  const shown = shownCounts('arrival: 3\ndelay: 1\n');
  expect(sumOf(shown)).toBe(sumOf(written));
  expect([...missingIn(shown, written)]).toEqual([['departure', 1]]);
  expect([...missingIn(written, shown)]).toEqual([['arrival', 1]]);
});

test('nothing is missing where all are shown', () => {
  expect(sumOf(missingIn(shownCounts('arrival: 2\ndelay: 1\ndeparture: 1\n'), written))).toBe(0);
});

test('a stream is consumed when nothing is left to give out or to acknowledge, as far as is known', () => {
  const group = { pending: 0, lag: 0 };
  expect(isConsumed([group])).toBe(true);
  const open = [[], [{ ...group, pending: 1 }], [{ ...group, lag: 2 }], [{ ...group, lag: null }]];
  expect(open.map(isConsumed)).toEqual([false, false, false, false]);
});
