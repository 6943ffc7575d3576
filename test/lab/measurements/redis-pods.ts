import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Cluster } from 'ioredis';
import { cordoned } from '../cordoned.js';
import type { Lab } from '../lab.js';
import { LAB } from '../node/folders.js';
import { until } from '../until.js';

const PORT = 6379;
const SLOTS = 16384;

interface Pod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly containerID?: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const isReady = ({ status }: Pod): boolean =>
  status.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;

/** The pods of a Redis cluster with two pods a shard. */
export class RedisPods {
  constructor(
    private readonly lab: Lab,
    private readonly namespace: string,
    private readonly name: string,
  ) {}

  kubectl(...args: readonly string[]): Promise<string> {
    return this.lab.kubectl(`--namespace=${this.namespace}`, ...args);
  }

  cli(pod: string, ...command: readonly string[]): Promise<string> {
    return this.kubectl('exec', pod, '--', 'redis-cli', ...command);
  }

  async all(): Promise<readonly Pod[]> {
    const selector = `--selector=app.kubernetes.io/name=${this.name}`;
    return (JSON.parse(await this.kubectl('get', 'pods', selector, '-o=json')) as { items: Pod[] }).items;
  }

  /** Where the node reaches them. */
  async seeds(): Promise<{ host: string; port: number }[]> {
    return (await this.all()).map(({ status }) => ({ host: status.podIP ?? '', port: PORT }));
  }

  /** The pod that is the first shard's master, and the one that follows it. */
  async firstShard(): Promise<{ readonly master: string; readonly replica: string }> {
    const [one, other] = [`${this.name}-0`, `${this.name}-1`];
    const roles = await Promise.all([this.cli(one, 'ROLE'), this.cli(other, 'ROLE')]);
    if (roles[0]?.startsWith('master')) return { master: one, replica: other };
    if (roles[1]?.startsWith('master')) return { master: other, replica: one };
    throw new Error('The first shard of the Redis cluster has no master');
  }

  /** Deletes pods and waits until others have taken their places and the cluster serves every slot. */
  async replace(names: readonly string[]): Promise<void> {
    const old = await this.all();
    await this.kubectl('delete', 'pods', '--wait=false', ...names);
    await this.replaced(names, old);
  }

  /**
   * Loses a master as its machine is lost: the process ends at once, and no other pod takes its place until the
   * replica has taken over.
   */
  async lose({ master, replica }: { readonly master: string; readonly replica: string }): Promise<void> {
    const old = await this.all();
    const pod = old.find(({ metadata }) => metadata.name === master);
    const container = pod?.status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '';
    await cordoned(this.lab, LAB, async () => {
      const kill = ['--namespace=k8s.io', 'tasks', 'kill', '--signal=SIGKILL', container];
      await promisify(execFile)('ctr', kill);
      await this.kubectl('delete', 'pod', master, '--grace-period=0', '--force');
      await until(`${replica} takes over`, async () =>
        (await this.cli(replica, 'ROLE').catch(() => '')).startsWith('master'),
      );
    });
    await this.replaced([master], old);
  }

  private async replaced(names: readonly string[], old: readonly Pod[]): Promise<void> {
    const gone = old
      .filter(({ metadata }) => names.includes(metadata.name))
      .map(({ metadata }) => metadata.uid);
    await until(`others in the places of ${names.join(', ')}`, async () => {
      const now = await this.all();
      if (now.some(({ metadata }) => gone.includes(metadata.uid))) return false;
      if (now.length < old.length || !now.every(isReady)) return false;
      const state = await this.cli(`${this.name}-0`, 'CLUSTER', 'INFO').catch(() => '');
      return state.includes('cluster_state:ok');
    });
  }

  /** Waits until so many shards have equal parts of the slots, and no other pod is left. */
  async spread(shards: number): Promise<void> {
    await until(`${shards} shards share the slots`, async () => {
      const pods = await this.all();
      if (pods.length !== 2 * shards || !pods.every(isReady)) return false;
      const nodes = await this.cli(`${this.name}-0`, 'CLUSTER', 'NODES').catch(() => '');
      const owned = slotCounts(nodes);
      return owned.length === shards && owned.every((count) => Math.abs(count - SLOTS / shards) < 100);
    });
  }

  /** How many of these keys are not there. */
  async missing(keys: readonly string[]): Promise<number> {
    const client = new Cluster(await this.seeds(), { slotsRefreshTimeout: 2000 });
    client.on('error', () => undefined);
    let missing = 0;
    for (let from = 0; from < keys.length; from += 100) {
      const batch = keys.slice(from, from + 100);
      const values = await Promise.all(batch.map((key) => client.get(key)));
      missing += batch.filter((key, index) => values[index] !== key).length;
    }
    client.disconnect();
    return missing;
  }
}

/** How many slots each has that has any, in what CLUSTER NODES says. */
export function slotCounts(nodes: string): number[] {
  return nodes
    .split('\n')
    .map((line) => line.trim().split(' ').slice(8))
    .map((ranges) =>
      // A slot that is on its way stands in brackets, besides its owner's range.
      ranges
        .filter((range) => !range.startsWith('['))
        .map((range) => range.split('-').map(Number))
        .reduce((sum, [first = 0, last = first]) => sum + last - first + 1, 0),
    )
    .filter((count) => count > 0);
}
