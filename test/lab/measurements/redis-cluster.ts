import { setTimeout as sleep } from 'node:timers/promises';
import { Writer } from '../../engine/redis-cluster/writer.js';
import { copyExample } from '../application.js';
import type { Lab } from '../lab.js';
import { report } from '../report.js';
import type { Figure, Measurement } from './measurement.js';

const NAMESPACE = '--namespace=staging';
const PLACES = '--selector=app.kubernetes.io/name=places';
const PORT = 6379;

/** Seconds of writing before and after each failure. */
const CALM = 5;

/** Milliseconds within which everything must have healed by itself. */
const PATIENCE = 300_000;

export const redisCluster: Measurement = {
  title: 'A Redis cluster heals by itself',
  method:
    "Routeguide's `places`, three shards of two pods each. Clients write all the time, each key once, and remember " +
    'what was acknowledged: by a plain SET, and by SET with WAIT 1. A master is stopped (its pod is deleted, as ' +
    'an update does); later all six pods are deleted at once and come back with new addresses. At last every key is read.',

  async measure(lab) {
    const routeguide = copyExample(lab.folders, 'routeguide', 'staging');
    const figures: Figure[] = [];
    const timed = async (what: string, work: () => Promise<unknown>) => {
      const started = performance.now();
      await work();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      figures.push({ what, figure: `${seconds} s` });
      report(`Redis cluster: ${what}: ${seconds} s`);
    };
    await timed('`up`, from nothing to six ready pods', () => routeguide.up('staging'));
    const target = { seeds: await addresses(lab), password: undefined, atEnd: [] };
    const writer = new Writer(target);
    await sleep(CALM * 1000);
    writer.longestPause();
    const master = await aMaster(lab);
    await timed("a master's pod deleted, to six ready pods again", () => replaced(lab, [master]));
    figures.push({
      what: "a master's pod deleted: longest time without writes to a shard",
      figure: `${writer.longestPause()} ms`,
    });
    await sleep(CALM * 1000);
    const known = writer.count;
    const lost = await writer.lost();
    const { plain, waited } = writer;
    figures.push(
      {
        what: 'acknowledged by SET alone, then lost',
        figure: `${lost.plain.length} of ${plain.keys.length}`,
      },
      {
        what: 'acknowledged by SET with WAIT 1, then lost',
        figure: `${lost.waited.length} of ${waited.keys.length}`,
      },
    );
    const all = (await podsOf(lab)).map(({ metadata }) => metadata.name);
    await timed('all six pods deleted at once, to six ready pods', () => replaced(lab, all));
    const kept = [...plain.keys, ...waited.keys].filter(
      (key) => !lost.plain.includes(key) && !lost.waited.includes(key),
    );
    const missing = await absentFrom(await addresses(lab), kept);
    figures.push({ what: 'all six pods deleted at once: keys lost', figure: `${missing} of ${kept.length}` });
    return {
      figures,
      broken: [
        ...(known < 500 ? [`only ${known} keys were written`] : []),
        ...(lost.waited.length > 0
          ? [`${lost.waited.length} keys that a replica had confirmed were lost`]
          : []),
        ...(missing > 0 ? [`${missing} keys were lost as all pods were deleted`] : []),
      ],
    };
  },
};

async function addresses(lab: Lab): Promise<{ host: string; port: number }[]> {
  const path = '-o=jsonpath={.items[*].status.podIP}';
  const all = (await lab.kubectl(NAMESPACE, 'get', 'pods', PLACES, path)).trim().split(/\s+/);
  return all.map((host) => ({ host, port: PORT }));
}

const cli = (lab: Lab, pod: string, ...command: readonly string[]): Promise<string> =>
  lab.kubectl(NAMESPACE, 'exec', pod, '--', 'redis-cli', ...command);

async function aMaster(lab: Lab): Promise<string> {
  for (const number of [0, 1]) {
    if ((await cli(lab, `places-${number}`, 'ROLE')).startsWith('master')) return `places-${number}`;
  }
  throw new Error('The first shard of the Redis cluster has no master');
}

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

async function podsOf(lab: Lab): Promise<readonly Pod[]> {
  return (JSON.parse(await lab.kubectl(NAMESPACE, 'get', 'pods', PLACES, '-o=json')) as { items: Pod[] })
    .items;
}

/**
 * Deletes pods and waits until others have taken their places and all are ready, which each is only where its cluster
 * serves every slot.
 */
async function replaced(lab: Lab, names: readonly string[]): Promise<void> {
  const old = (await podsOf(lab)).filter(({ metadata }) => names.includes(metadata.name));
  await lab.kubectl(NAMESPACE, 'delete', 'pods', '--wait=false', ...names);
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(500)) {
    const now = await podsOf(lab);
    const stay = now.some(({ metadata }) => old.some((pod) => pod.metadata.uid === metadata.uid));
    if (stay || now.filter(isReady).length < 6) continue;
    const state = await cli(lab, 'places-0', 'CLUSTER', 'INFO').catch(() => '');
    if (state.includes('cluster_state:ok')) return;
  }
  throw new Error(
    `It did not heal within ${PATIENCE / 60_000} minutes after ${names.join(', ')} had been deleted`,
  );
}

/** How many of these keys are not there. */
async function absentFrom(
  seeds: readonly { host: string; port: number }[],
  keys: readonly string[],
): Promise<number> {
  const { Cluster } = await import('ioredis');
  const client = new Cluster([...seeds], { slotsRefreshTimeout: 2000 });
  client.on('error', () => undefined);
  let missing = 0;
  for (const key of keys) if ((await client.get(key)) !== key) missing += 1;
  client.disconnect();
  return missing;
}
