import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { installedPlugin } from '../../embedded/installed-plugin.js';
import { pulumi } from '../../lib/config/versions.js';
import { formsOf } from './secret-bytes.js';

/** Milliseconds between two looks, which take some themselves. A command of the engine lives for a hundred at least. */
const PAUSE = 50;

/** Looks after which a process that stays as it was is looked at in every tenth alone: who takes another's place does so early. */
const SETTLED = 20;

/** Pulumi's own kubernetes plugin writes the kubeconfig into one, for Helm. Keelson removes it with its folder. */
const OF_THE_PLUGIN = /\/kubeconfig\d+$/;

interface Temporary {
  /** What changes when somebody writes. */
  readonly stamp: string;
  readonly contents: readonly Buffer[];
}

/**
 * Looks at the arguments and environments of all processes, and through a temporary folder that it gives to this
 * process and to those that it starts, as often as it can. It keeps what it saw: what a run makes itself, such as a
 * random value, can be searched for only afterwards.
 */
export class SecretWatch {
  /** Looks so far. */
  samples = 0;
  private readonly folder = mkdtempSync(join(os.tmpdir(), 'keelson-watched-'));
  private readonly temporary = new Map<string, Temporary>();
  /** By what was read: whose it was. */
  private readonly processes = { arguments: new Map<string, string>(), environ: new Map<string, string>() };
  private readonly last = new Map<string, string>();
  /** How often a process was looked at. */
  private readonly looks = new Map<string, number>();
  /** Threads of the kernel, most of what runs: they are there before the first look, and have no arguments. */
  private readonly threads = new Set(pids().filter((pid) => textOf(`/proc/${pid}/cmdline`) === ''));
  private readonly before = process.env.TMPDIR;
  private readonly redirected = jest.spyOn(os, 'tmpdir').mockReturnValue(this.folder);
  private readonly timer = setInterval(() => this.look(), PAUSE);

  private constructor() {
    process.env.TMPDIR = this.folder;
  }

  static start(): SecretWatch {
    return new SecretWatch();
  }

  end(): void {
    clearInterval(this.timer);
    this.redirected.mockRestore();
    if (this.before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = this.before;
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Where any of the values stood in any form, without the value.
   *
   * @param given environment variables in which whoever starts a command gives a value. @default none
   */
  placesOf(values: readonly string[], given: readonly string[] = []): string[] {
    this.look();
    const forms = values.flatMap(formsOf);
    const tolerated = (path: string) =>
      OF_THE_PLUGIN.test(path) && installedPlugin('kubernetes', pulumi.kubernetesPlugin) !== undefined;
    const hold = (bytes: Buffer): boolean => forms.some((form) => bytes.includes(form));
    const parts = (read: ReadonlyMap<string, string>) =>
      [...read].flatMap(([text, whose]) => text.split('\0').map((part) => ({ part, whose })));
    const found = [
      ...parts(this.processes.arguments)
        .filter(({ part }) => hold(Buffer.from(part, 'latin1')))
        .map(({ whose }) => `an argument of ${whose}`),
      ...parts(this.processes.environ)
        .map(({ part, whose }) => ({ part, whose, variable: part.split('=', 1)[0] ?? '' }))
        .filter(({ part, variable }) => !given.includes(variable) && hold(Buffer.from(part, 'latin1')))
        .map(({ variable, whose }) => `${variable} in the environment of ${whose}`),
      ...[...this.temporary]
        .filter(([path, { contents }]) => !tolerated(path) && contents.some(hold))
        .map(([path]) => path),
    ];
    return [...new Set(found)];
  }

  private look(): void {
    this.samples += 1;
    const running = pids().filter((pid) => !this.threads.has(pid));
    for (const pid of running) {
      const looks = this.looks.get(pid) ?? 0;
      this.looks.set(pid, looks + 1);
      if (looks < SETTLED || looks % 10 === 0) this.lookAt(pid);
    }
    // A number that is free is given to another process.
    const alive = new Set(running);
    for (const pid of this.looks.keys()) if (!alive.has(pid)) this.forget(pid);
    for (const path of filesBelow(this.folder)) this.read(path);
  }

  private forget(pid: string): void {
    this.looks.delete(pid);
    this.last.delete(pid);
  }

  private lookAt(pid: string): void {
    const line = textOf(`/proc/${pid}/cmdline`);
    // An environment is another one only where a program has taken the place of another.
    if (line === '' || this.last.get(pid) === line) return;
    const whose = line.split('\0', 1)[0] ?? '';
    if (!this.processes.arguments.has(line)) this.processes.arguments.set(line, whose);
    const environ = textOf(`/proc/${pid}/environ`);
    if (environ !== '') this.last.set(pid, line);
    if (!this.processes.environ.has(environ)) this.processes.environ.set(environ, whose);
  }

  private read(path: string): void {
    try {
      const { mtimeMs, size, ino } = statSync(path);
      const stamp = `${mtimeMs} ${size} ${ino}`;
      const known = this.temporary.get(path);
      if (known?.stamp === stamp) return;
      const bytes = readFileSync(path);
      const contents = known?.contents ?? [];
      const last = contents.at(-1);
      // A log grows: what it was before is a part of what it is.
      const grown = last !== undefined && bytes.subarray(0, last.length).equals(last);
      this.temporary.set(path, { stamp, contents: [...(grown ? contents.slice(0, -1) : contents), bytes] });
    } catch {
      // It is gone.
    }
  }
}

const pids = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Nothing where the process has ended, or is somebody else's. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Regular files, without those of Go's compiler, which are many, large and not ours. */
function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('go-build'))
      .flatMap((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return filesBelow(path);
        return entry.isFile() ? [path] : [];
      });
  } catch {
    return [];
  }
}
