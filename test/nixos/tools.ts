import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';

/** `describe` where a command is there; else it is skipped, and says why. */
export function describeWith(command: string, debianPackage = command): jest.Describe {
  if (spawnSync(command, ['--version']).status === 0) return describe;
  // Past Jest's console, which says nothing of a file whose tests are all skipped.
  process.stderr.write(
    `${basename(expect.getState().testPath ?? '')}: skipped without ${command}; apt-get install ${debianPackage}\n`,
  );
  return describe.skip;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    /** Nothing of our own environment. @default false */
    readonly bare?: boolean;
  } = {},
): Outcome {
  const { env, bare = false, ...rest } = options;
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...rest,
    env: bare ? env : { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

/** Where a program is, by our own PATH. */
export const programOnPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));

/** Folders that are gone after the tests of a file. */
export function temporaryFolders(): () => string {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-nixos-'));
    folders.push(folder);
    return folder;
  };
}
