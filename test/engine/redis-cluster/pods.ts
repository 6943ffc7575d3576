import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Chart, Testing } from 'cdk8s';
import type { RedisClusterProps } from '../../../lib/constructs/redis-cluster.js';
import { Redis } from '../../../lib/index.js';
import { NAME, PEERS, Pod } from './pod.js';
import { PORT, server } from './programs.js';
import { until } from './until.js';

/** What the construct writes into its ConfigMap: the scripts under test are the emitted ones. */
function emitted(props: RedisClusterProps): Record<string, string> {
  const chart = new Chart(new App(), 'chart');
  new Redis(chart, NAME, { topology: 'cluster', ...props });
  const objects: { kind: string; data: Record<string, string> }[] = Testing.synth(chart);
  return objects.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
}

/** A StatefulSet's pods on loopback addresses of their own: 127.NET.x.x. */
export class Pods {
  readonly folder = mkdtempSync(join(tmpdir(), 'keelson-redis-'));
  readonly all: Pod[] = [];
  /** What must end with it. */
  readonly atEnd: (() => void)[] = [];
  files: Record<string, string>;
  private readonly net = randomInt(2, 255);
  private last = 0;

  constructor(
    private readonly props: RedisClusterProps = {},
    readonly password?: string,
  ) {
    this.files = emitted(props);
    const lookup = `BEGIN { while ((getline <"${this.folder}/hosts") > 0) if ($2 == ARGV[1]) print }\n`;
    writeFileSync(join(this.folder, 'lookup'), lookup);
    this.scale(props.shards ?? 3);
  }

  get running(): Pod[] {
    return this.all.filter(({ running }) => running);
  }
  get seeds() {
    return this.running.map(({ address }) => ({ host: address, port: PORT }));
  }

  /** Changes the ConfigMap and makes the pods that are missing; the kubelet has yet to mount it and to start them. */
  scale(shards: number): void {
    this.files = emitted({ ...this.props, shards });
    const wanted = shards * (1 + (this.props.replicasPerShard ?? 1));
    while (this.all.length < wanted) this.all.push(new Pod(this, this.all.length, this.address()));
    this.publish();
  }

  /** An address that nobody had before. */
  address(): string {
    this.last += 1;
    return `127.${this.net}.${this.last >> 7}.${(this.last & 127) + 1}`;
  }

  /** Writes the names and addresses into the DNS. */
  publish(): void {
    const lines = this.all.map(({ name, address }) => `${address} ${name}.${PEERS}\n`);
    writeFileSync(join(this.folder, 'hosts'), lines.join(''));
  }

  /** A Redis that is none of its pods, at an address that one of them had. */
  stranger(address: string): ChildProcess {
    const folder = mkdtempSync(join(this.folder, 'stranger-'));
    const settings = ['--cluster-enabled', 'yes', '--save', '', '--dir', folder, '--bind', address];
    const child = spawn(server, ['--port', `${PORT}`, ...settings], { stdio: 'ignore' });
    this.atEnd.push(() => child.kill('SIGKILL'));
    return child;
  }

  async formed(): Promise<void> {
    await until(
      `${this.running.map(({ name }) => name)} are ready`,
      async () => {
        for (const pod of this.running) if (!(await pod.ready())) return false;
        return true;
      },
      this.log,
    );
  }

  /** Asked anew each few seconds, as stop.sh does: an election that a busy machine holds too late is lost for good. */
  async handOverTo(pod: Pod): Promise<void> {
    await until(
      `${pod.name} is a master`,
      async () => {
        if (await pod.isMaster()) return true;
        await pod.ask('CLUSTER', 'FAILOVER');
        await sleep(5000);
        return await pod.isMaster();
      },
      this.log,
    );
  }

  hasSaid = (text: string): boolean => this.all.some((pod) => pod.said.includes(text));

  /** What each pod said last, and what it knows of the cluster. */
  log = async (): Promise<string> => {
    const pods = this.all.map(
      async (pod) => `${pod.name} at ${pod.address}\n${await pod.ask('CLUSTER', 'NODES')}\n${pod.said}`,
    );
    return (await Promise.all(pods)).join('\n\n');
  };

  async remove(): Promise<void> {
    for (const end of this.atEnd) end();
    await Promise.all(this.all.map((pod) => pod.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
