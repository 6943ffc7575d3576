import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writer } from '../../engine/redis-cluster/writer.js';
import { copyExample, type LabApplication } from '../application.js';
import type { Figure, Measurement } from './measurement.js';
import { RedisPods } from './redis-pods.js';
import { timed } from './timed.js';

/** Seconds of writing before and after each event. */
const CALM = 5;

export const redisCluster: Measurement = {
  title: 'A Redis cluster heals by itself',
  method:
    "Routeguide's `places`, three shards of two pods each. Clients write all the time, each key once, and remember " +
    'what was acknowledged: by a plain SET, and by SET with WAIT 1. A master is stopped (its pod is deleted, as an ' +
    'update does). A master is lost (its process is killed, and no pod takes its place before the replica does). A ' +
    'fourth shard comes (`shards: 4`, `up`) and goes again. At last all six pods are deleted at once and come back ' +
    'with new addresses, and every key is read.',

  async measure(lab) {
    const routeguide = copyExample(lab.folders, 'routeguide', 'staging');
    const pods = new RedisPods(lab, 'staging', 'places');
    const figures: Figure[] = [];
    const broken: string[] = [];
    const kept: string[] = [];
    await timed(figures, '`up`, from nothing to six ready pods', () => routeguide.up('staging'));

    /** Something happens while clients write. @returns the acknowledged keys that were lost by it */
    const underWrites = async (what: string, happen: () => Promise<void>) => {
      // Of the same names as an earlier writer's, a lost key would be found again.
      const name = `${what}:`;
      const writer = new Writer({ seeds: await pods.seeds(), password: undefined, atEnd: [] }, name);
      await sleep(CALM * 1000);
      writer.longestPause();
      await happen();
      const pause = writer.longestPause();
      await sleep(CALM * 1000);
      const lost = await writer.lost();
      const { plain, waited } = writer;
      figures.push(
        { what: `${what}: longest time without writes to a shard`, figure: `${pause} ms` },
        {
          what: `${what}: acknowledged by SET alone, then lost`,
          figure: `${lost.plain.length} of ${plain.keys.length}`,
        },
        {
          what: `${what}: acknowledged by SET with WAIT 1, then lost`,
          figure: `${lost.waited.length} of ${waited.keys.length}`,
        },
      );
      if (writer.count < 500) broken.push(`${what}: only ${writer.count} keys were written`);
      if (lost.waited.length > 0)
        broken.push(`${what}: ${lost.waited.length} keys that a replica had confirmed were lost`);
      const gone = new Set([...lost.plain, ...lost.waited]);
      // One by one: there are more keys than a call may have arguments.
      for (const key of [...plain.keys, ...waited.keys]) if (!gone.has(key)) kept.push(key);
      return lost;
    };

    const stopped = await underWrites("a master's pod deleted", async () => {
      const { master } = await pods.firstShard();
      await timed(figures, "a master's pod deleted, to six ready pods again", () => pods.replace([master]));
    });
    if (stopped.plain.length > 0)
      broken.push(`${stopped.plain.length} acknowledged keys were lost as a master was stopped`);
    await underWrites('a master lost', async () => {
      const shard = await pods.firstShard();
      await timed(figures, 'a master lost, to six ready pods again', () => pods.lose(shard));
    });
    for (const [what, shards] of [
      ['a fourth shard comes', 4],
      ['the fourth shard goes', 3],
    ] as const) {
      const lost = await underWrites(what, () =>
        timed(figures, `${what}, to slots and pods in place`, () => reshape(routeguide, pods, shards)),
      );
      if (lost.plain.length > 0) broken.push(`${what}: ${lost.plain.length} acknowledged keys were lost`);
    }
    const all = (await pods.all()).map(({ metadata }) => metadata.name);
    await timed(figures, 'all six pods deleted at once, to six ready pods', () => pods.replace(all));
    const missing = await pods.missing(kept);
    figures.push({ what: 'all six pods deleted at once: keys lost', figure: `${missing} of ${kept.length}` });
    if (missing > 0) broken.push(`${missing} keys were lost as all pods were deleted`);
    return { figures, broken };
  },
};

/** Writes the number of shards into the application, as a person does, and brings it up. */
async function reshape({ root, up }: LabApplication, pods: RedisPods, shards: number): Promise<void> {
  const file = join(root, 'app.ts');
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(
    /topology: 'cluster'(, shards: \d)?/,
    `topology: 'cluster', shards: ${shards}`,
  );
  if (changed === text) throw new Error(`${file} has no Redis cluster whose shards could be changed`);
  writeFileSync(file, changed);
  await up('staging');
  await pods.spread(shards);
}
