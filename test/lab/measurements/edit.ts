import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildLunchWeb, LUNCH_WEB } from '../images/catalogue.js';
import type { Lab } from '../lab.js';
import { pageUrl, releasePage } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';
import { secondsSince, timed } from './timed.js';

const RELEASE = '1.5.0-rc.3';

export const edit: Measurement = {
  title: 'From an edit to running pods',
  method:
    "A word of lunch's menu changes in its source. The page is compiled and made an image, pushed to the registry in " +
    'the cluster, named in the lock file and brought up. A pod on its way out goes on answering for a moment, so the ' +
    'time ends with twenty answers in a row that are the new page.',

  async measure(lab) {
    const source = join(lab.lunch.root, 'services', 'web', 'handler.go');
    // New in each run: what was compiled before, Go has kept.
    const dish = `stew of ${Date.now()}`;
    writeFileSync(source, readFileSync(source, 'utf8').replace('"soup"', JSON.stringify(dish)));
    const figures: Figure[] = [];
    const started = performance.now();
    const image = await timed(figures, 'compile and make the image', () =>
      buildLunchWeb(lab.lunch.root, RELEASE),
    );
    await timed(figures, 'push', () => lab.push(`${LUNCH_WEB}:${RELEASE}`, image));
    await timed(figures, '`up`: synthesize, apply, pull, until both new pods are ready', () =>
      releasePage(lab, RELEASE),
    );
    await timed(figures, 'until every answer is the new page', () => onlyNew(lab, dish));
    figures.push({ what: 'all of it', figure: secondsSince(started) });
    return { figures, broken: [] };
  },
};

/** @throws where the old page is still answered after a minute */
async function onlyNew(lab: Lab, dish: string): Promise<void> {
  const url = await pageUrl(lab);
  let inARow = 0;
  for (const end = Date.now() + 60_000; inARow < 20; await sleep(20)) {
    if (Date.now() > end) throw new Error('the page before the edit is still answered');
    const page = await (await fetch(url, { headers: { connection: 'close' } })).text();
    inARow = page.includes(dish) ? inARow + 1 : 0;
  }
}
