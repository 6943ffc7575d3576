import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What one pod runs; `start.sh` is the entry point, the others belong to it or to probes and hooks. */
const SCRIPTS = ['common.sh', 'start.sh', 'keep.sh', 'slots.sh', 'ready.sh', 'stop.sh'] as const;

/** The shell scripts of a pod by file name, as they stand beside this file. */
export const scripts = (): Record<string, string> =>
  Object.fromEntries(SCRIPTS.map((file) => [file, readFileSync(join(__dirname, file), 'utf8')]));

export interface ClusterSettings {
  readonly maxMemoryMiB: number;
  readonly eviction: string;
  readonly minReplicasToWrite: number;
}

/** `redis.conf` of every pod: as few acknowledged writes as Redis allows are lost in a failover. */
export const clusterConfiguration = ({
  maxMemoryMiB,
  eviction,
  minReplicasToWrite,
}: ClusterSettings): string =>
  `bind * -::*
protected-mode no
# A written-ahead log: before the reply it is with the kernel, so a killed process loses nothing, and a machine that
# dies at most the last second. The log alone: two kinds of snapshots would fork twice.
appendonly yes
appendfsync everysec
save ""
maxmemory ${maxMemoryMiB}mb
maxmemory-policy ${eviction}

cluster-enabled yes
cluster-config-file nodes.conf
# A master that is cut off goes on taking writes for so long, and they are lost. Less than this takes a pause on a busy
# small machine for a death.
cluster-node-timeout 5000
# All slots or none: a client learns at once that a shard is away, and no key is written while a cluster is formed.
cluster-require-full-coverage yes
# Which pods make a shard is said by their numbers: no replica moves, and an emptied master stays what it is.
cluster-allow-replica-migration no
# A replica that has been without its master for a minute (ten node timeouts and a ping's period) is too old to take
# over by itself.
cluster-replica-validity-factor 10

# No write is acknowledged while no replica listens: what the master alone has goes with it.
min-replicas-to-write ${minReplicasToWrite}
min-replicas-max-lag 3
# A replica that was away for a moment takes up where it stopped.
repl-backlog-size ${Math.max(1, Math.floor(maxMemoryMiB / 16))}mb
repl-diskless-sync yes
# At SIGTERM a master waits so many seconds for its replicas to have everything.
shutdown-timeout 10
`;
