import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeLock } from '../../../cli/images/lock-file.js';
import { publishImages } from '../../../cli/images/publish.js';
import { Registries } from '../../../cli/images/registry/registry.js';
import { viaOf } from '../../../cli/images/registry/via.js';
import { nodeRegistry } from '../../../lib/constructs/registry/address.js';
import { buildLunchWeb, LUNCH_WEB } from '../images/catalogue.js';
import type { Image } from '../images/image.js';
import type { Lab } from '../lab.js';
import { PERSON } from '../person.js';
import { report } from '../report.js';
import type { UpTimes } from '../up-times.js';
import { lockFile, pageUrl } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';
import { seconds, secondsSince, timed } from './timed.js';

export const edit: Measurement = {
  title: 'From an edit to running pods of a personal environment',
  method:
    `A word of lunch's menu changes in its source. What \`keelson images release ${PERSON} web\` does follows: the page is ` +
    'compiled and made an image (by the lab, in place of BuildKit), published to the registry in the cluster under its ' +
    "owner's name, and its digest written to images.lock.json. Then the personal environment is brought up, by code that " +
    'is compiled as it starts. The engine tells when it changes the Deployment and when both new pods are ready, whose ' +
    'image is pulled meanwhile. A pod on its way out goes on answering for a moment, so the time ends with twenty ' +
    'answers in a row that are the new page.',

  async measure(lab) {
    const figures: Figure[] = [];
    await publish(lab, await buildLunchWeb(lab.lunch.root, PERSON));
    await timed(figures, '`up` of the whole environment, from nothing', () => lab.lunch.up(PERSON));
    try {
      await change(lab, figures);
    } finally {
      await lab.lunch.destroy(PERSON);
    }
    return { figures, broken: [] };
  },
};

async function change(lab: Lab, figures: Figure[]): Promise<void> {
  const dish = cookAnew(lab);
  const started = performance.now();
  const image = await timed(figures, 'build: compile and make the image', () =>
    buildLunchWeb(lab.lunch.root, PERSON),
  );
  await timed(figures, 'push', () => publish(lab, image));
  // Nobody makes it again.
  rmSync(image.layout, { recursive: true });
  const upStarted = performance.now();
  figures.push(...upFigures(await lab.lunch.up(PERSON), performance.now() - upStarted));
  await timed(figures, 'until every answer is the new page', () => onlyNew(lab, dish));
  figures.push({ what: 'all of it', figure: secondsSince(started) });
}

/** Changes the menu. @returns the new dish, another one each time: what was compiled before, Go has kept */
function cookAnew(lab: Lab): string {
  const source = join(lab.lunch.root, 'services', 'web', 'handler.go');
  const text = readFileSync(source, 'utf8');
  const dish = `stew of ${Date.now()}`;
  const changed = text.replace(/(var menu = \[\]string\{)"[^"]*"/, `$1${JSON.stringify(dish)}`);
  if (changed === text) throw new Error(`${source} has no menu that could be changed`);
  writeFileSync(source, changed);
  return dish;
}

/** What `keelson images release` does after the build. */
async function publish(lab: Lab, { layout }: Image): Promise<void> {
  const [host] = LUNCH_WEB.split('/');
  const registries = new Registries(viaOf([`${host}=${nodeRegistry().endpoint}`]));
  const build = { repository: LUNCH_WEB, context: 'services/web', platforms: [], args: {}, secrets: {} };
  const planned = { ...build, service: 'web', tag: PERSON, isMovable: true, layout };
  const published = await publishImages(registries, [planned], report);
  const locked = published.map(
    ({ service, repository, tag, digest }) => [service, { repository, tag, digest }] as const,
  );
  changeLock(lockFile(lab), PERSON, new Map(locked));
}

/** @param whole milliseconds from the start of the process to its end */
function upFigures({ loaded, synthesized, changing, rolledOut }: UpTimes, whole: number): Figure[] {
  if (changing === undefined || rolledOut === undefined)
    throw new Error('up has changed no Deployment: the edit has not arrived');
  const parts = {
    '`up`: start': loaded,
    '`up`: synthesize': synthesized - loaded,
    '`up`: the engine, until it changes the Deployment': changing - synthesized,
    'roll-out, until both new pods are ready': rolledOut - changing,
    '`up`: end': whole - rolledOut,
  };
  return Object.entries(parts).map(([what, time]) => ({ what, figure: seconds(time) }));
}

/** @throws where the old page is still answered after a minute */
async function onlyNew(lab: Lab, dish: string): Promise<void> {
  const url = await pageUrl(lab, `--namespace=${PERSON}`);
  let inARow = 0;
  for (const end = Date.now() + 60_000; inARow < 20; await sleep(20)) {
    if (Date.now() > end) throw new Error('the page before the edit is still answered');
    const page = await (await fetch(url, { headers: { connection: 'close' } })).text();
    inARow = page.includes(dish) ? inARow + 1 : 0;
  }
}
