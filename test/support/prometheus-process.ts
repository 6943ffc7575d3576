import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './until.js';

/** Discovery of pods and nodes, which Debian leaves out of its Prometheus, made into files of the same labels. */
export const discoverFromFiles = (settings: string): string =>
  settings.replace(
    /kubernetes_sd_configs:\n(\s+)- role: (\w+)/g,
    (_, indent, role) => `file_sd_configs:\n${indent}- files: [${role}.json]`,
  );

/** What discovery says of one port of a pod. */
export interface Discovered {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface Target {
  readonly health: string;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly lastError: string;
}

export const prometheusMissing = (): boolean => spawnSync('prometheus', ['--version']).error !== undefined;

/** A Prometheus of its own, on a free port and in a folder of its own. */
export class PrometheusProcess {
  private readonly folder = mkdtempSync(join(tmpdir(), 'keelson-prometheus-'));
  private child: ChildProcess | undefined;
  private url = '';
  log = '';

  /** @param settings where `ACCOUNT` stands for the folder, and 9090 for the port */
  async start(
    files: Readonly<Record<string, string>>,
    discovered: Readonly<Record<string, readonly Discovered[]>>,
  ): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    for (const [name, text] of Object.entries(files))
      writeFileSync(
        join(this.folder, name),
        text.replaceAll('ACCOUNT', this.folder).replaceAll('127.0.0.1:9090', `127.0.0.1:${port}`),
      );
    for (const [role, targets] of Object.entries(discovered))
      writeFileSync(join(this.folder, `${role}.json`), JSON.stringify(targets));
    this.child = spawn('prometheus', [
      `--config.file=${join(this.folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(this.folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data) => {
        this.log += data;
      });
  }

  private async ask<T>(path: string): Promise<T | undefined> {
    try {
      const response = await fetch(new URL(path, this.url));
      return response.ok ? ((await response.json()) as { data: T }).data : undefined;
    } catch {
      return undefined;
    }
  }

  targets = async (pool: string): Promise<readonly Target[]> => {
    const data = await this.ask<{ activeTargets: readonly Target[] }>('/api/v1/targets?state=active');
    return (data?.activeTargets ?? []).filter(({ scrapePool }) => scrapePool === pool);
  };

  /** The labels of every series that an expression answers with. */
  query = async (expression: string): Promise<readonly Readonly<Record<string, string>>[]> => {
    const data = await this.ask<{ result: readonly { metric: Record<string, string> }[] }>(
      `/api/v1/query?query=${encodeURIComponent(expression)}`,
    );
    return (data?.result ?? []).map(({ metric }) => metric);
  };

  async remove(): Promise<void> {
    const { child } = this;
    if (child && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
