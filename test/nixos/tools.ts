import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

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
  } = {},
): Outcome {
  const { env, ...rest } = options;
  const { status, stdout, stderr } = spawnSync(command, args, {
    ...rest,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

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
