import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { PORT, SERVERS } from './programs.js';

export const NAME = 'cache';
export const PEERS = 'cache-nodes';

/** What a pod has of the cluster that it belongs to. */
export interface Surroundings {
  readonly folder: string;
  readonly password?: string;
  /** The ConfigMap's files as they are now. */
  readonly files: Readonly<Record<string, string>>;
}

/** It may have ended by itself, as where a test failed while its pod was stopping. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** One pod: its volume outlives it, its address does not. */
export class Pod {
  readonly name: string;
  private process: ChildProcess | undefined;

  constructor(
    private readonly cluster: Surroundings,
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
    const running = child.exitCode === null && child.signalCode === null;
    const ended = running ? new Promise((resolve) => child.once('exit', resolve)) : undefined;
    killGroup(child.pid);
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

  private get logFile() {
    return join(this.cluster.folder, `${this.name}.log`);
  }

  /** The last lines of what its Redis and its scripts said. */
  get said(): string {
    return existsSync(this.logFile)
      ? readFileSync(this.logFile, 'utf8').split('\n').slice(-40).join('\n')
      : '';
  }

  wipe(): void {
    rmSync(this.data, { recursive: true });
    mkdirSync(this.data);
  }

  /** Makes it believe, from its next start on, that a node has an epoch. */
  setEpochOf(node: string, epoch: number): void {
    const file = join(this.data, 'nodes.conf');
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => {
        const fields = line.split(' ');
        if (fields[0] === node) fields[6] = `${epoch}`;
        if (fields[0] === 'vars') fields[2] = `${epoch}`;
        return fields.join(' ');
      });
    writeFileSync(file, lines.join('\n'));
  }

  /** As where it was killed after others had met it, and before its Redis had written down whom it met. */
  forgetPeers(): void {
    const file = join(this.data, 'nodes.conf');
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => / myself,|^vars /.test(line))
      .map((line) => line.replace(/ myself,slave \S+ /, ' myself,master - '));
    writeFileSync(file, `${lines.join('\n')}\n`);
  }

  /** The exit status of one of its scripts. */
  script(file: string): Promise<number | null> {
    const child = this.spawn(file);
    return new Promise((resolve) => child.once('exit', resolve));
  }

  private spawn(file: string, options: SpawnOptions = {}): ChildProcess {
    const log = openSync(this.logFile, 'a');
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

  /** A reply as redis-cli prints it, or nothing where Redis does not answer. A process for each would slow the pods. */
  async ask(command: string, ...args: string[]): Promise<string> {
    const client = new Redis({
      ...{ host: this.address, port: PORT, password: this.cluster.password },
      ...{ connectTimeout: 5000, commandTimeout: 5000, enableReadyCheck: false },
      ...{ lazyConnect: true, retryStrategy: () => null },
    });
    client.on('error', () => {});
    try {
      await client.connect();
      return [await client.call(command, ...args)].flat().join('\n').trim();
    } catch {
      return '';
    } finally {
      client.disconnect();
    }
  }

  isMaster = async (): Promise<boolean> => (await this.ask('INFO', 'replication')).includes('role:master');

  /** How many slots it has. */
  async slots(): Promise<number> {
    const nodes = (await this.ask('CLUSTER', 'NODES')).split('\n');
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
      LOOKUP: `awk -f ${this.cluster.folder}/lookup`,
      ...(this.cluster.password && { REDISCLI_AUTH: this.cluster.password }),
    };
  }
}
