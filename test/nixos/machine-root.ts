import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Outcome, programOnPath, run } from './tools.js';

/** By its path: scripts run where there is no PATH to find it on. */
export const BASH = programOnPath('bash') ?? '/bin/bash';

/** A folder that plays a machine's root, and commands that say what they were asked instead of doing it. */
export class MachineRoot {
  private readonly commands: string;

  constructor(readonly root: string) {
    this.commands = join(root, '.commands');
    mkdirSync(this.commands);
    mkdirSync(join(root, 'dev'));
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  read = (path: string): string => readFileSync(join(this.root, path), 'utf8');
  exists = (path: string): boolean => existsSync(join(this.root, path));

  /** A file that can be run; `$CALLS` takes a line for each call. It finds its own tools, whatever its caller's PATH. */
  script(path: string, body: string): void {
    this.executable(path, `export PATH='${this.login}'\n${body}`);
  }

  executable(path: string, body: string): void {
    this.write(path, `#!${BASH}\n${body}\n`);
    chmodSync(join(this.root, path), 0o755);
  }

  /** A command on PATH, which notes its name and arguments first. */
  command(name: string, body = ''): void {
    this.script(`.commands/${name}`, `echo "${name} $*" >>"$CALLS"\n${body}`);
  }

  run(script: string, args: readonly string[] = []): Outcome {
    return run(BASH, [script, ...args], this.environment(this.login));
  }

  /** With nothing but a PATH, as systemd runs a unit. */
  runWith(path: string, command: string, args: readonly string[] = []): Outcome {
    return run(command, args, { ...this.environment(path), bare: true });
  }

  /** PATH of who logs in. */
  private get login(): string {
    return `${this.commands}:${process.env.PATH ?? ''}`;
  }

  private environment = (path: string) => ({
    cwd: this.root,
    env: { KEELSON_ROOT: this.root, CALLS: join(this.root, '.calls'), PATH: path },
  });

  /** What the commands were asked, paths without the folder. */
  calls = (): string[] =>
    this.exists('.calls') ? this.read('.calls').replaceAll(this.root, '').trimEnd().split('\n') : [];
}
