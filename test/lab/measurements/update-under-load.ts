import { setTimeout as sleep } from 'node:timers/promises';
import { LUNCH_RELEASES } from '../images/catalogue.js';
import type { Lab } from '../lab.js';
import { report } from '../report.js';
import { constantLoad, type LoadResult } from './load.js';
import { NAMESPACE, pageAnswers, pageUrl, releaseOf, releasePage, WEB } from './lunch.js';
import type { Figure, Measurement } from './measurement.js';
import { type Orders, ordersDuring } from './orders.js';

export const updateUnderLoad: Measurement = {
  title: 'An update under load',
  method:
    "Requests arrive at a constant rate of 200 a second, each over a new connection, at lunch's Service (two pods), " +
    'while the line in images.lock.json changes and `up` brings the next release; they go on until the last old pod ' +
    'is gone. A visitor orders twice a second meanwhile, and reads at last what the page has found in Redis. Then the ' +
    'same requests while one of the two pods is deleted.',

  async measure(lab) {
    const url = await pageUrl(lab);
    const [first, second] = LUNCH_RELEASES;
    const seconds: number[] = [];
    const visits: Orders[] = [];
    // Another measurement may have left another one.
    if (releaseOf(lab) !== first) await releasePage(lab, first);
    const update = await underLoad(url, async () => {
      const old = await pods(lab);
      const change = (async () => {
        seconds.push(await releasePage(lab, second));
        await gone(lab, old);
      })();
      visits.push(await ordersDuring(url, change));
      await change;
    });
    report(`Update: ${update.failed} of ${update.sent} requests failed`);
    const deletion = await underLoad(url, async () => {
      const [one = ''] = await pods(lab);
      await lab.kubectl(NAMESPACE, 'delete', '--wait=true', one);
      await lab.kubectl(NAMESPACE, 'rollout', 'status', '--timeout=180s', 'deployment/web');
    });
    report(`Deleted pod: ${deletion.failed} of ${deletion.sent} requests failed`);
    const [{ taken, shown, refused } = NOTHING] = visits;
    const both = [first, second].every((tag) => (update.releases.get(tag) ?? 0) > 0);
    return {
      figures: [
        ...loadFigures('image changes', update),
        {
          what: '`up` with the changed image, to the last new pod ready',
          figure: `${seconds[0]?.toFixed(1)} s`,
        },
        { what: 'orders meanwhile: taken, and found in Redis at last', figure: `${taken}, ${shown}` },
        ...loadFigures('one of two pods deleted', deletion),
      ],
      broken: [
        ...(update.failed > 0
          ? [`${update.failed} requests failed during the update: ${listed(update)}`]
          : []),
        ...(deletion.failed > 0
          ? [`${deletion.failed} requests failed as a pod was deleted: ${listed(deletion)}`]
          : []),
        ...(refused.length > 0 ? [`${refused.length} orders were not taken: ${refused[0]}`] : []),
        ...(taken > 0 && taken === shown ? [] : [`${taken} orders were taken and ${shown} found in Redis`]),
        ...(both ? [] : [`not both releases answered: ${[...update.releases.keys()].join(', ')}`]),
      ],
    };
  },
};

const NOTHING: Orders = { taken: 0, shown: 0, refused: [] };

/** Requests from before until after something happens to a page that answers. */
export const underLoad = async (url: string, happen: () => Promise<void>): Promise<LoadResult> => {
  await pageAnswers(url);
  const during = (async () => {
    await sleep(2_000);
    await happen();
    await sleep(2_000);
  })();
  return await constantLoad({ url, perSecond: 200, atLeast: 10_000, during });
};

export const pods = async (lab: Lab): Promise<string[]> =>
  (await lab.kubectl(NAMESPACE, 'get', 'pods', WEB, '-o', 'name')).trim().split('\n');

/** All of them get the time that the last one takes to end. */
const gone = (lab: Lab, old: readonly string[]): Promise<string> =>
  lab.kubectl(NAMESPACE, 'wait', '--for=delete', '--timeout=120s', ...old);

export const listed = ({ failures }: LoadResult): string =>
  [...failures].map(([what, count]) => `${count} × ${what}`).join(', ');

export const loadFigures = (when: string, { sent, failed, median, p99, longest }: LoadResult): Figure[] => [
  { what: `${when}: failed of all requests`, figure: `${failed} of ${sent}` },
  {
    what: `${when}: time of an answer, median, 99th of 100, longest`,
    figure: `${median}, ${p99}, ${longest} ms`,
  },
];
