import { chosen, MEASUREMENTS } from './measurements/index.js';

test('measurements are made once each and in one order, however they are named', () => {
  expect(chosen(['drain', 'edit', 'update', 'edit']).map(([name]) => name)).toEqual([
    'update',
    'edit',
    'drain',
  ]);
});

test('without a word all of them are made', () => {
  expect(chosen([]).map(([name]) => name)).toEqual(Object.keys(MEASUREMENTS));
});
