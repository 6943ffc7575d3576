import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from './pod.js';
import { Pods } from './pods.js';
import { missing } from './programs.js';
import { until } from './until.js';
import { Writer } from './writer.js';

if (missing) console.warn(`skipped: ${missing}`);
const cluster = new Pods({}, `it's a "pass\\word" $(id) #1`);
const writers: Writer[] = [];
afterAll(() => cluster.remove());

async function write(keys: number): Promise<void> {
  const writer = new Writer(cluster);
  writers.push(writer);
  await until(`${keys} keys are written each way`, () =>
    [writer.plain, writer.waited].every((acknowledged) => acknowledged.keys.length >= keys),
  );
  await writer.end();
}

async function expectNothingLost(): Promise<void> {
  for (const writer of writers) {
    expect(await writer.lost()).toEqual({ plain: [], waited: [] });
  }
}

const killAll = () => Promise.all(cluster.all.map((pod) => pod.kill()));
const startAll = () => {
  for (const pod of cluster.all) pod.start();
};

/** Without its volume, at an address that nobody had before. */
async function comesBackEmpty(pod: Pod): Promise<void> {
  pod.wipe();
  pod.address = cluster.address();
  cluster.publish();
  pod.start();
  await cluster.formed();
}

(missing ? describe.skip : describe)('a cluster heals by itself', () => {
  beforeAll(async () => {
    startAll();
    await cluster.formed();
    await write(500);
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

  test('when a master comes back with nothing, and its old address led all but its replica to another Redis', async () => {
    const roles = await Promise.all(cluster.all.map((pod) => pod.isMaster()));
    const master = cluster.all[roles.indexOf(true)] as Pod;
    const others = cluster.all.filter(
      (pod) => Math.floor(pod.ordinal / 2) !== Math.floor(master.ordinal / 2),
    );
    const replica = cluster.all[master.ordinal ^ 1] as Pod;
    const id = await master.ask('CLUSTER', 'MYID');
    replica.signal('SIGSTOP');
    await master.kill();
    const stranger = cluster.stranger(master.address);
    await until(
      'the others have lost its address',
      async () =>
        (await Promise.all(others.map((pod) => pod.ask('CLUSTER', 'NODES')))).every((nodes) =>
          nodes.includes(`${id} :0@0`),
        ),
      cluster.log,
    );
    stranger.kill('SIGKILL');
    replica.signal('SIGCONT');
    await comesBackEmpty(master);
    await expectNothingLost();
  });

  test("when a master comes back with nothing, and its old address led its replica to another shard's master", async () => {
    const master = cluster.all[2] as Pod;
    const other = cluster.all[4] as Pod;
    const replica = cluster.all[3] as Pod;
    for (const pod of [master, other]) await cluster.handOverTo(pod);
    await cluster.formed();
    await Promise.all([master, other].map((pod) => pod.kill()));
    other.address = master.address;
    cluster.publish();
    other.start();
    await until(
      `${other.name} gives its data, and ${replica.name} has asked for it`,
      async () =>
        replica.said.includes('Unable to AUTH to MASTER') &&
        (await other.ask('CONFIG', 'GET', 'repl-diskless-sync-delay')).endsWith('\n0'),
      cluster.log,
    );
    await sleep(3000);
    await comesBackEmpty(master);
    await expectNothingLost();
  });

  test('when a master comes back with nothing, and the voters know a newer epoch of it than its replica does', async () => {
    // The pod that would be its shard's master if the shard had had none yet, as it may look to one that begins anew.
    const master = cluster.all[0] as Pod;
    await cluster.handOverTo(master);
    await cluster.formed();
    const roles = await Promise.all(cluster.all.map((pod) => pod.isMaster()));
    const id = await master.ask('CLUSTER', 'MYID');
    await killAll();
    for (const pod of cluster.all.filter(({ ordinal }) => roles[ordinal])) pod.setEpochOf(id, 1000);
    master.wipe();
    startAll();
    await cluster.formed();
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
