import { setTimeout as sleep } from 'node:timers/promises';
import { missing, Pods } from './pods.js';
import { Writer } from './writer.js';

if (missing) console.warn(`skipped: ${missing}`);
const cluster = new Pods({}, `it's a "pass\\word" $(id) #1`);
const writers: Writer[] = [];
afterAll(() => cluster.remove());

async function write(milliseconds: number): Promise<void> {
  const writer = new Writer(cluster);
  writers.push(writer);
  await sleep(milliseconds);
  await writer.end();
}

async function expectNothingLost(): Promise<void> {
  for (const writer of writers) {
    expect(writer.plain.keys.length).toBeGreaterThan(100);
    expect(await writer.lost()).toEqual({ plain: [], waited: [] });
  }
}

const killAll = () => Promise.all(cluster.all.map((pod) => pod.kill()));
const startAll = () => {
  for (const pod of cluster.all) pod.start();
};

(missing ? describe.skip : describe)('a cluster heals by itself', () => {
  beforeAll(async () => {
    startAll();
    await cluster.formed();
    await write(2000);
  });

  test('when all pods come back', async () => {
    await killAll();
    startAll();
    await cluster.formed();
    await expectNothingLost();
  });

  test('when all pods come back with addresses that nobody had before', async () => {
    await killAll();
    for (const pod of cluster.all) pod.address = cluster.address();
    cluster.publish();
    startAll();
    await cluster.formed();
    await expectNothingLost();
  });

  test("when all pods come back with each other's addresses, and names lead to the old ones for a while", async () => {
    await killAll();
    const addresses = cluster.all.map(({ address }) => address);
    for (const pod of cluster.all) pod.address = addresses[(pod.ordinal + 1) % addresses.length] ?? '';
    startAll();
    await sleep(8000);
    cluster.publish();
    await cluster.formed();
    await expectNothingLost();
  });

  test('when masters and a replica come back with nothing', async () => {
    for (const [master, address] of [
      [true, 'new'],
      [true, 'old'],
      [false, 'new'],
    ] as const) {
      const roles = await Promise.all(cluster.all.map((pod) => pod.isMaster()));
      const pod = cluster.all[roles.indexOf(master)];
      await pod?.kill();
      pod?.wipe();
      if (pod && address === 'new') pod.address = cluster.address();
      cluster.publish();
      pod?.start();
      await cluster.formed();
    }
    await expectNothingLost();
  });

  test('in an update, pod by pod, in which no acknowledged write is lost', async () => {
    const writer = new Writer(cluster);
    writers.push(writer);
    for (const pod of [...cluster.all].reverse()) {
      await pod.stop();
      pod.address = cluster.address();
      cluster.publish();
      pod.start();
      await cluster.formed();
    }
    await writer.end();
    console.info(
      `update: no writes to a shard for ${writer.longestPause()} ms at most; refused: ${writer.plain.refused} of ${writer.plain.keys.length} plain`,
    );
    await expectNothingLost();
  });
});
