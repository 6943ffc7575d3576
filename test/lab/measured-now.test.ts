import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import { MEASUREMENTS } from './measurements/index.js';

/** In one line, as a paragraph is wrapped anew when it is written. */
const page = readFileSync(join(ROOT, 'docs/reference/measured.md'), 'utf8').replace(/\s+/g, ' ');

test.each(Object.values(MEASUREMENTS))(
  'the page has "$title" as it is measured now: else run make lab',
  ({ title, method }) => expect(page).toContain(`## ${title} ${method}`.replace(/\s+/g, ' ')),
);

test('the page has nothing that is measured no more', () => {
  const text = readFileSync(join(ROOT, 'docs/reference/measured.md'), 'utf8');
  const titles = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
  expect(titles).toEqual(Object.values(MEASUREMENTS).map(({ title }) => title));
});
