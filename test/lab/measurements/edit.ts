import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLunchWeb, LUNCH_WEB } from '../images/catalogue.js';
import { pageUrl, releasePage } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';

const RELEASE = '1.5.0-rc.3';

export const edit: Measurement = {
  title: 'From an edit to running pods',
  method:
    "A word of lunch's menu changes in its source. The page is compiled and made an image, pushed to the registry in " +
    'the cluster, named in the lock file and brought up; the time ends when both pods have been replaced.',

  async measure(lab) {
    const source = join(lab.lunch.root, 'services', 'web', 'handler.go');
    writeFileSync(source, readFileSync(source, 'utf8').replace('"soup"', '"stew"'));
    const figures: Figure[] = [];
    const started = performance.now();
    const timed = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      const since = performance.now();
      const result = await work();
      figures.push({ what, figure: seconds(since) });
      return result;
    };
    const image = await timed('compile and make the image', () => buildLunchWeb(lab.lunch.root, RELEASE));
    await timed('push', () => lab.push(`${LUNCH_WEB}:${RELEASE}`, image));
    await timed('`up`: synthesize, apply, pull, until both new pods are ready', () =>
      releasePage(lab, RELEASE),
    );
    figures.push({ what: 'all of it', figure: seconds(started) });
    const page = await (await fetch(await pageUrl(lab))).text();
    return { figures, broken: page.includes('stew') ? [] : [`the page still says: ${page.trim()}`] };
  },
};

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;
