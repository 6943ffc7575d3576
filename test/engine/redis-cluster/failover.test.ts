import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from './pod.js';
import { Pods } from './pods.js';
import { missing, noPartition } from './programs.js';
import { until } from './until.js';
import { Writer } from './writer.js';

for (const reason of [missing, noPartition]) if (reason) console.warn(`skipped: ${reason}`);
/** Two at once, for the time it takes: in each one master fails at a time, and two are left to vote. */
const clusters = [new Pods(), new Pods({ minReplicasToWrite: 0 })];
afterAll(() => Promise.all(clusters.map((cluster) => cluster.remove())));

async function masterOf(cluster: Pods, shard: number): Promise<{ readonly master: Pod; readonly mate: Pod }> {
  const pods = cluster.all.slice(2 * shard, 2 * shard + 2);
  let roles: boolean[] = [];
  // On a busy machine a pod may not answer in time, which says nothing of its role.
  const oneIs = async () => {
    roles = await Promise.all(pods.map((pod) => pod.isMaster()));
    return roles[0] !== roles[1];
  };
  await until(`one of ${pods.map(({ name }) => name)} is a master`, oneIs, cluster.log);
  const [master, mate] = roles[0] ? pods : [...pods].reverse();
  if (!master || !mate) throw new Error(`there is no shard ${shard}`);
  return { master, mate };
}

/** Lets masters fail, one shard after the other, and counts. */
async function rounds(
  cluster: Pods,
  count: number,
  fail: (master: Pod, tookOver: () => Promise<void>) => Promise<void>,
) {
  const writer = new Writer(cluster);
  const pauses: number[] = [];
  for (let round = 0; round < count; round += 1) {
    const { master, mate } = await masterOf(cluster, round % 3);
    writer.longestPause();
    await fail(master, () => until(`${mate.name} takes over`, mate.isMaster, cluster.log));
    await cluster.formed();
    await sleep(500);
    pauses.push(writer.longestPause());
  }
  return { lost: await writer.lost(), writer, pauses };
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Fails masters of both clusters, tells what was lost, and holds Redis to what it says of WAIT. */
async function measure(what: string, count: number, fail: Parameters<typeof rounds>[2]): Promise<void> {
  const results = await Promise.all(clusters.map((cluster) => rounds(cluster, count, fail)));
  for (const [index, { lost, writer, pauses }] of results.entries()) {
    const setting = await clusters[index]?.all[0]?.ask('CONFIG', 'GET', 'min-replicas-to-write');
    const server = (await clusters[index]?.all[0]?.ask('INFO', 'server')) ?? '';
    const version = /valkey_version:\S+/.exec(server) ?? /redis_version:\S+/.exec(server);
    console.info(
      [
        `${count} masters ${what} (${version}, ${setting?.replace('\n', ' ')}):`,
        `plain SET: ${lost.plain.length} lost of ${writer.plain.keys.length}, ${writer.plain.refused} refused;`,
        `with WAIT 1: ${lost.waited.length} lost of ${writer.waited.keys.length}, ${writer.waited.refused} refused;`,
        `no writes to a shard for ${median(pauses)} ms (median), ${Math.max(...pauses)} ms (longest)`,
      ].join(' '),
    );
    expect(writer.waited.keys.length).toBeGreaterThan(100);
    expect(lost.waited).toEqual([]);
  }
}

(missing ? describe.skip : describe)('what a replica has confirmed is never lost', () => {
  beforeAll(async () => {
    for (const cluster of clusters) for (const pod of cluster.all) pod.start();
    await Promise.all(clusters.map((cluster) => cluster.formed()));
  });

  test('when 10 masters are killed', () =>
    measure('killed', 5, async (master, tookOver) => {
      await master.kill();
      await tookOver();
      master.start();
    }));

  test('when 2 masters freeze until a replica has taken over', () =>
    measure('frozen', 1, async (master, tookOver) => {
      master.signal('SIGSTOP');
      await tookOver();
      master.signal('SIGCONT');
    }));

  (noPartition ? test.skip : test)('when 4 masters are cut off from all pods, but not from the writer', () =>
    measure('cut off', 2, async (master, tookOver) => {
      const reunite = master.cutOff();
      await tookOver().finally(reunite);
    }),
  );
});
