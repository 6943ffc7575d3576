import { setTimeout as sleep } from 'node:timers/promises';
import { Pods } from './pods.js';
import { missing } from './programs.js';

if (missing) console.warn(`skipped: ${missing}`);
let cluster: Pods;
afterEach(() => cluster.remove());

const slots = (): Promise<number[]> => Promise.all(cluster.all.map((pod) => pod.slots()));

(missing ? describe.skip : describe)('a cluster forms', () => {
  test('from nothing, whatever order its pods start in, and not before the last', async () => {
    cluster = new Pods();
    for (const ordinal of [4, 2, 5, 0, 3]) cluster.all[ordinal]?.start();
    await sleep(5000);
    expect(await slots()).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await Promise.all(cluster.all.map((pod) => pod.ready()))).not.toContain(true);
    cluster.all[1]?.start();
    await cluster.formed();
    expect(await slots()).toEqual([5461, 0, 5461, 0, 5462, 0]);
  });

  test('with masters on different ones of three nodes when there are three pods a shard', async () => {
    cluster = new Pods({ replicasPerShard: 2 });
    for (const pod of cluster.all) pod.start();
    await cluster.formed();
    expect((await slots()).map((count) => count > 0)).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  test('though pods know nobody that knows them', async () => {
    cluster = new Pods();
    for (const pod of cluster.all) pod.start();
    await cluster.formed();
    const lost = cluster.all.slice(4);
    for (const pod of lost) {
      await pod.kill();
      pod.forgetPeers();
    }
    for (const pod of lost) pod.start();
    await cluster.formed();
    expect((await slots()).reduce((sum, count) => sum + count)).toBe(16384);
  });

  test.each([500, 2500])('though a pod is killed every %d ms, each in its turn', async (pause) => {
    cluster = new Pods();
    for (const pod of cluster.all) pod.start();
    for (const pod of cluster.all) {
      await sleep(pause / 2);
      await pod.kill();
      pod.start();
    }
    await cluster.formed();
    expect((await slots()).reduce((sum, count) => sum + count)).toBe(16384);
  });
});
