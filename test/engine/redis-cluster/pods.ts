import { type ChildProcess, execFile, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { App, Chart, Testing } from 'cdk8s';
import type { RedisClusterProps } from '../../../lib/constructs/redis-cluster.js';
import { Redis } from '../../../lib/index.js';

/** Programs by another path, such as a Valkey's, stand in this directory. */
const SERVERS = process.env.REDIS_BIN ?? '/usr/bin';
const execute = promisify(execFile);
const NAME = 'cache';
const PEERS = 'cache-nodes';
const PORT = 6379;

/** Why these tests cannot run here, or undefined. */
export const missing: string | undefined = ['redis-server', 'redis-cli', 'valkey-server'].some((program) =>
  existsSync(join(SERVERS, program)),
)
  ? undefined
  : `there is no redis-server in ${SERVERS} (apt-get install redis-server)`;

/** Why a part of the pods cannot be cut off from the others here, or undefined. */
export const noPartition: string | undefined =
  process.getuid?.() === 0 && existsSync('/usr/sbin/iptables')
    ? undefined
    : 'cutting pods off needs root and iptables';

/** Waits until something holds, and says what it waited for when it does not within four minutes. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  log: () => string | Promise<string> = () => '',
): Promise<void> {
  for (const end = Date.now() + 240_000; Date.now() < end; await sleep(200)) if (await holds()) return;
  throw new Error(`in four minutes this did not come true: ${what}\n${await log()}`);
}

/** What the construct writes into its ConfigMap: the scripts under test are the emitted ones. */
function emitted(props: RedisClusterProps): Record<string, string> {
  const chart = new Chart(new App(), 'chart');
  new Redis(chart, NAME, { topology: 'cluster', ...props });
  const objects: { kind: string; data: Record<string, string> }[] = Testing.synth(chart);
  return objects.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
}

/** One pod: its volume outlives it, its address does not. */
export class Pod {
  readonly name: string;
  private process: ChildProcess | undefined;

  constructor(
    private readonly cluster: Pods,
    readonly ordinal: number,
    public address: string,
  ) {
    this.name = `${NAME}-${ordinal}`;
    for (const folder of [this.data, this.scratch, this.configuration])
      mkdirSync(folder, { recursive: true });
  }

  get data() {
    return join(this.cluster.folder, this.name, 'data');
  }
  private get scratch() {
    return join(this.cluster.folder, this.name, 'tmp');
  }
  private get configuration() {
    return join(this.cluster.folder, this.name, 'etc');
  }
  get running() {
    return this.process !== undefined;
  }

  /** What the kubelet does: mounts the configuration and starts the container. */
  start(): void {
    this.mount();
    // A group of its own, so that a kill ends all of its processes at once, as a container's end does.
    this.process = this.spawn('start.sh', { detached: true });
  }

  mount(): void {
    for (const [file, text] of Object.entries(this.cluster.files))
      writeFileSync(
        join(this.configuration, file),
        // On one machine each Redis has the port of its own address alone.
        text.replace('bind * -::*', `bind ${this.address}\nbind-source-addr ${this.address}`),
      );
  }

  /** Without warning. */
  async kill(): Promise<void> {
    const child = this.process;
    if (!child?.pid) return;
    this.process = undefined;
    const ended = child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined;
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.process?.pid) process.kill(-this.process.pid, signal);
  }

  /** Drops all packets between its Redis and the others' until the returned function is called; clients reach all. */
  cutOff(): () => void {
    const others = `${this.address.split('.').slice(0, 2).join('.')}.0.0/16`;
    const rules = [
      ['-s', this.address, '-d', others],
      ['-s', others, '-d', this.address],
    ];
    const change = (action: string) => {
      for (const rule of rules) execFileSync('iptables', ['-w', action, 'INPUT', ...rule, '-j', 'DROP']);
    };
    change('-I');
    return () => change('-D');
  }

  /** With the hook and SIGTERM, as in an update or when it is removed. */
  async stop(): Promise<void> {
    const child = this.process;
    if (!child?.pid) return;
    await this.script('stop.sh');
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(child.pid, 'SIGTERM');
    await ended;
    await this.kill();
  }

  wipe(): void {
    rmSync(this.data, { recursive: true });
    mkdirSync(this.data);
  }

  /** The exit status of one of its scripts. */
  script(file: string): Promise<number | null> {
    const child = this.spawn(file);
    return new Promise((resolve) => child.once('exit', resolve));
  }

  private spawn(file: string, options: SpawnOptions = {}): ChildProcess {
    const log = openSync(join(this.cluster.folder, `${this.name}.log`), 'a');
    // Where this process is killed, its pods end too.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'sh', join(this.configuration, file)], {
      ...options,
      env: this.environment(),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    return child;
  }

  ready = async (): Promise<boolean> => this.running && (await this.script('ready.sh')) === 0;

  /** A command's reply, or nothing where Redis does not answer. */
  async cli(...command: string[]): Promise<string> {
    const client = ['valkey-cli', 'redis-cli'].map((name) => join(SERVERS, name)).find(existsSync) ?? '';
    const call = ['5', client, '-h', this.address, '-p', `${PORT}`, ...command];
    const { stdout } = await execute('timeout', call, { env: this.environment() }).catch(() => ({
      stdout: '',
    }));
    return stdout.trim();
  }

  isMaster = async (): Promise<boolean> => (await this.cli('INFO', 'replication')).includes('role:master');

  /** How many slots it has. */
  async slots(): Promise<number> {
    const nodes = (await this.cli('CLUSTER', 'NODES')).split('\n');
    const ranges =
      nodes
        .find((line) => line.includes('myself'))
        ?.split(' ')
        .slice(8) ?? [];
    return ranges.reduce((sum, range) => {
      const [from = 0, to = from] = range.split('-').map(Number);
      return sum + to - from + 1;
    }, 0);
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      PATH: `${SERVERS}:/usr/bin:/bin`,
      POD_NAME: this.name,
      POD_IP: this.address,
      PEERS,
      CONFIGURATION: this.configuration,
      DATA: this.data,
      SCRATCH: this.scratch,
      LOOKUP: `sh ${this.cluster.folder}/lookup`,
      ...(this.cluster.password && { REDISCLI_AUTH: this.cluster.password }),
    };
  }
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
    writeFileSync(join(this.folder, 'lookup'), `awk -v name="$1" '$2 == name' ${this.folder}/hosts\n`);
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
    const server =
      ['valkey-server', 'redis-server'].map((name) => join(SERVERS, name)).find(existsSync) ?? '';
    const folder = mkdtempSync(join(this.folder, 'stranger-'));
    const settings = ['--cluster-enabled', 'yes', '--save', '', '--dir', folder, '--bind', address];
    const child = spawn(server, ['--port', `${PORT}`, ...settings], { stdio: 'ignore' });
    this.atEnd.push(() => child.kill('SIGKILL'));
    return child;
  }

  async formed(): Promise<void> {
    await until(
      `${this.running.map(({ name }) => name)} are ready`,
      async () => (await Promise.all(this.running.map((pod) => pod.ready()))).every(Boolean),
      this.log,
    );
  }

  /** The last lines of what a pod's Redis and scripts said. */
  private said(pod: Pod): string {
    const file = join(this.folder, `${pod.name}.log`);
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(-40).join('\n') : '';
  }

  hasSaid = (text: string): boolean => this.all.some((pod) => this.said(pod).includes(text));

  /** What each pod said last, and what it knows of the cluster. */
  log = async (): Promise<string> => {
    const pods = this.all.map(
      async (pod) => `${pod.name} at ${pod.address}\n${await pod.cli('CLUSTER', 'NODES')}\n${this.said(pod)}`,
    );
    return (await Promise.all(pods)).join('\n\n');
  };

  async remove(): Promise<void> {
    for (const end of this.atEnd) end();
    await Promise.all(this.all.map((pod) => pod.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}
