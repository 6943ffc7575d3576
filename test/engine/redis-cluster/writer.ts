import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster } from 'ioredis';
import type { Pods } from './pods.js';

/** A cluster as a client reaches it, whether its pods are real ones or processes. */
export type ReachableCluster = Pick<Pods, 'seeds' | 'password' | 'atEnd'>;

/** Hash tags, each with writers of its own: those of a dead shard do not hold up the others. */
const BUCKETS = 12;

/** Between two writes under a hash tag, in ms: what moves to another shard is moved key by key. */
const PAUSE = 50;

/** What a writer was told that Redis has. */
interface Acknowledged {
  readonly keys: string[];
  refused: number;
}

/** An application that writes all the time, each key once, and remembers what was acknowledged. */
export class Writer {
  /** By a plain SET. */
  readonly plain: Acknowledged = { keys: [], refused: 0 };
  /** By a SET followed by `WAIT 1`: a replica has it too. */
  readonly waited: Acknowledged = { keys: [], refused: 0 };
  private readonly client: Cluster;
  /** A connection waits as a whole: the plain writes have theirs to themselves. */
  private readonly waiting: Cluster;
  private readonly loops: Promise<void>[];
  private writing = true;
  private next = 0;
  private readonly lastWrite = new Array<number>(BUCKETS).fill(Date.now());
  private longest = 0;

  /** @param name begins its keys, where others write or have written */
  constructor(
    private readonly cluster: ReachableCluster,
    private readonly name = '',
  ) {
    this.client = connect(cluster);
    this.waiting = connect(cluster);
    cluster.atEnd.push(() => this.stop());
    this.loops = this.lastWrite.flatMap((_, bucket) => [
      this.loop(bucket, this.plain, async (key) => (await this.client.set(key, key)) === 'OK'),
      this.loop(bucket, this.waited, async (key) => {
        const [set, wait] = (await this.waiting.pipeline().set(key, key).wait(1, 1000).exec()) ?? [];
        // What ioredis does after a single command's failure, and not after a pipeline's.
        if (set?.[0]) this.waiting.refreshSlotsCache();
        return set?.[1] === 'OK' && Number(wait?.[1]) >= 1;
      }),
    ]);
  }

  get count(): number {
    return this.plain.keys.length + this.waited.keys.length;
  }

  /** The longest time for which nothing under some hash tag could be written, in ms; starts the measurement anew. */
  longestPause(): number {
    const { longest } = this;
    this.longest = 0;
    return longest;
  }

  async end(): Promise<void> {
    this.writing = false;
    await Promise.all(this.loops);
    this.stop();
  }

  private stop(): void {
    this.writing = false;
    this.client.disconnect();
    this.waiting.disconnect();
  }

  /** Ends, and tells which acknowledged keys are gone. */
  async lost(): Promise<{ readonly plain: string[]; readonly waited: string[] }> {
    await this.end();
    const reader = connect(this.cluster, PATIENCE);
    this.cluster.atEnd.push(() => reader.disconnect());
    const lost = {
      plain: await absent(reader, this.plain.keys),
      waited: await absent(reader, this.waited.keys),
    };
    reader.disconnect();
    return lost;
  }

  private async loop(
    bucket: number,
    acknowledged: Acknowledged,
    write: (key: string) => Promise<boolean>,
  ): Promise<void> {
    for (; this.writing; await sleep(PAUSE)) {
      this.next += 1;
      const key = `{${bucket}}:${this.name}${this.next}`;
      if (await write(key).catch(() => false)) {
        acknowledged.keys.push(key);
        const now = Date.now();
        this.longest = Math.max(this.longest, now - (this.lastWrite[bucket] ?? now));
        this.lastWrite[bucket] = now;
      } else acknowledged.refused += 1;
    }
  }
}

/** A writer gives up and goes on; who reads what is left has all the time that a busy machine takes. In ms. */
const IMPATIENCE = 2000;
const PATIENCE = 60_000;

function connect(cluster: ReachableCluster, commandTimeout = IMPATIENCE): Cluster {
  const client = new Cluster(cluster.seeds, {
    slotsRefreshTimeout: 2000,
    retryDelayOnFailover: 100,
    maxRedirections: 3,
    clusterRetryStrategy: () => 200,
    redisOptions: { commandTimeout, ...(cluster.password && { password: cluster.password }) },
  });
  client.on('error', () => {});
  return client;
}

async function absent(client: Cluster, keys: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (let from = 0; from < keys.length; from += 100) {
    const batch = keys.slice(from, from + 100);
    const values = await Promise.all(batch.map((key) => client.get(key)));
    lost.push(...batch.filter((key, index) => values[index] !== key));
  }
  return lost;
}
