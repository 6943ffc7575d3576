import { measuredPage } from './measured-page.js';

const circumstances = {
  date: '1 May 2026',
  processors: 2,
  memoryGiB: 8,
  load: 1.25,
  programs: ['runc 1.1.5'],
};
const measurement = {
  title: 'Speed',
  method: 'word '.repeat(60).trim(),
  measure: () => Promise.reject(new Error()),
};

test('figures stand in a table under how they were measured, in lines that fit', () => {
  const page = measuredPage(circumstances, [
    [measurement, { figures: [{ what: 'an update', figure: '3.2 s' }], broken: [] }],
  ]);
  expect(page).toContain('On 1 May 2026: 2 processors and 8 GiB, load average 1.3; runc 1.1.5.');
  expect(page).toContain('## Speed');
  expect(page).toContain('| an update | 3.2 s |');
  expect(page.split('\n').filter((line) => line.length > 120)).toEqual([]);
});

test('a promise that did not hold is said on the page', () => {
  const page = measuredPage(circumstances, [[measurement, { figures: [], broken: ['7 requests failed'] }]]);
  expect(page).toContain('**Did not hold:** 7 requests failed');
});
