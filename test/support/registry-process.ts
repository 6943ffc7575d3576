import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names of the registry's program: Debian's, and the image's. */
const PROGRAMS = ['docker-registry', 'registry'];

const found = (program: string): string | undefined =>
  spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim() || undefined;

/** Path of the registry's program, or undefined where there is none. */
export const registryProgram = (): string | undefined => PROGRAMS.map(found).find(Boolean);

/** Why tests of the real registry are left out, or undefined where they run. */
export const registryMissing = (): string | undefined =>
  [...(registryProgram() ? [] : ['docker-registry']), ...(found('flock') ? [] : ['flock (util-linux)'])].join(
    ' and ',
  ) || undefined;

/** One folder that holds what a registry's two pods see, with the scripts and files of the construct. */
export class RegistryBed {
  readonly folder = mkdtempSync(join(tmpdir(), 'keelson-registry-'));
  readonly storage = join(this.folder, 'storage');
  readonly configuration = join(this.folder, 'configuration');
  private readonly processes: ChildProcess[] = [];
  log = '';

  /** @param files the ConfigMap's, with the paths and ports of this machine in them */
  constructor(
    files: Readonly<Record<string, string>>,
    private readonly shell: readonly string[] = ['sh'],
  ) {
    for (const path of [this.storage, this.configuration, join(this.folder, 'bin')])
      mkdirSync(path, { recursive: true });
    symlinkSync(registryProgram() ?? '', join(this.folder, 'bin', 'registry'));
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): string {
    const path = join(this.configuration, name);
    writeFileSync(path, text.replaceAll('STORAGE', this.storage).replaceAll('USERS', this.configuration));
    return path;
  }

  private run(script: string, options: readonly string[]): ChildProcess {
    const [command = '', ...args] = this.shell;
    const child = spawn(
      command,
      [...args, join(this.configuration, script), this.configuration, this.storage, ...options],
      {
        env: {
          ...process.env,
          PATH: `${join(this.folder, 'bin')}:${process.env.PATH}`,
          REGISTRY_POLL_SECONDS: '0.1',
          REGISTRY_LOCK_SECONDS: '30',
          OTEL_TRACES_EXPORTER: 'none',
        },
        detached: true,
      },
    );
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data) => {
        this.log += data;
      });
    this.processes.push(child);
    return child;
  }

  /** Starts the server's script. */
  serve = (): ChildProcess => this.run('serve.sh', []);

  /** Starts a collection. */
  collect = (...options: string[]): ChildProcess => this.run('collect-garbage.sh', options);

  /** Bytes of all files on the volume. */
  used(): number {
    const entries = readdirSync(this.storage, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  }

  /** Ends every process that was started here, and what they started. */
  remove(): void {
    for (const { pid } of this.processes) {
      try {
        if (pid) process.kill(-pid, 'SIGKILL');
      } catch {
        // The whole group has ended.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The status that a process ended with. */
export const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });
