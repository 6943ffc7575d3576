import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from './pod.js';
import { Pods } from './pods.js';
import { missing } from './programs.js';
import { until } from './until.js';
import { Writer } from './writer.js';

if (missing) console.warn(`skipped: ${missing}`);
const cluster = new Pods();
afterAll(() => cluster.remove());

const slots = (): Promise<number[]> => Promise.all(cluster.running.map((pod) => pod.slots()));
const pod = (ordinal: number): Pod => cluster.all[ordinal] as Pod;

/** The kubelet shows a changed ConfigMap to running pods only after a while. */
async function mountLater(): Promise<void> {
  await sleep(3000);
  for (const running of cluster.running) running.mount();
}

(missing ? describe.skip : describe)('shards come and go under a writer', () => {
  let writer: Writer;

  beforeAll(async () => {
    for (const { ordinal } of cluster.all) pod(ordinal).start();
    await cluster.formed();
    writer = new Writer(cluster);
    await sleep(3000);
  });

  async function grow(ordinals = [6, 7]): Promise<void> {
    cluster.scale(4);
    for (const ordinal of ordinals) {
      pod(ordinal).start();
      await until(`pod ${ordinal} answers`, async () => (await pod(ordinal).ask('PING')) === 'PONG');
    }
    await mountLater();
  }

  const settled = (shards: number) =>
    until(
      `${shards} shards have the slots`,
      async () => {
        const owned = (await slots()).filter((count) => count > 0);
        return owned.length === shards && owned.every((count) => Math.abs(count - 16384 / shards) < 100);
      },
      cluster.log,
    );

  test('a fourth comes, and pod 0 is killed while it moves slots', async () => {
    await grow();
    await until('some slots have moved', async () => (await pod(6).slots()) > 100, cluster.log);
    await pod(0).kill();
    pod(0).start();
    await settled(4);
    await until('pod 0 has noticed', () => cluster.hasSaid('has moved the slots'), cluster.log);
    await cluster.formed();
  });

  test('it goes: its pods wait until their slots are elsewhere, and nobody remembers them', async () => {
    const [master, replica] = (await pod(6).isMaster()) ? [pod(6), pod(7)] : [pod(7), pod(6)];
    cluster.scale(3);
    const replicaStopped = replica.stop();
    await sleep(1000);
    const masterStopped = master.stop();
    await mountLater();
    await replicaStopped;
    // One that left earlier would leave a master that takes no writes until its slots are elsewhere.
    const elsewhere = await Promise.all(cluster.all.slice(0, 6).map((staying) => staying.slots()));
    expect(elsewhere.reduce((sum, count) => sum + count)).toBe(16384);
    await masterStopped;
    await settled(3);
    await cluster.formed();
    await until('the two pods are forgotten', async () => {
      const nodes = await Promise.all(cluster.running.map((running) => running.ask('CLUSTER', 'NODES')));
      return nodes.every((text) => text.split('\n').length === 6);
    });
  });

  test('it comes back and goes again, its replica before its master is told to', async () => {
    await grow();
    await settled(4);
    await cluster.formed();
    cluster.scale(3);
    await pod(7).stop();
    const stopped = pod(6).stop();
    await mountLater();
    await stopped;
    await settled(3);
    await cluster.formed();
  });

  test('it comes back, on the volumes of old: first the one that has the others in mind, which have forgotten it', async () => {
    await grow([7, 6]);
    await settled(4);
    await cluster.formed();
  });

  test('killed with its slots it comes back with them', async () => {
    await Promise.all([pod(6).kill(), pod(7).kill()]);
    await until('the cluster is down', async () => !(await pod(0).ready()));
    for (const ordinal of [6, 7]) {
      pod(ordinal).address = cluster.address();
      cluster.publish();
      pod(ordinal).start();
    }
    await cluster.formed();
  });

  test('nothing is lost', async () => {
    await writer.end();
    expect(writer.plain.keys.length).toBeGreaterThan(1000);
    expect(await writer.lost()).toEqual({ plain: [], waited: [] });
  });
});
