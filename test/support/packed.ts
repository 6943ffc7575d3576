import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT, readPackage } from './repository.js';

/** A package as `npm publish` would send it. */
export interface Packed {
  readonly tarball: string;
  /** Bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  readonly paths: readonly string[];
}

/** Runs a command to its end and returns what it wrote. @throws where it fails, with all of its output */
export function run(command: string, args: readonly string[], cwd: string): string {
  const windows = process.platform === 'win32' && command === 'npm';
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    shell: windows,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed in ${cwd}:\n${error ?? ''}${stdout}${stderr}`);
}

/** Packs what is compiled; nothing is built for it. */
export function pack(destination: string): Packed {
  if (!existsSync(join(ROOT, 'dist/lib/index.js')))
    throw new Error('There is nothing to pack: dist/ is not compiled. Run `make build`, or `make test`.');
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', destination];
  const [packed] = JSON.parse(run('npm', args, ROOT)) as [
    { filename: string; size: number; unpackedSize: number; files: { path: string }[] },
  ];
  const { filename, size, unpackedSize, files } = packed;
  return { tarball: join(destination, filename), size, unpackedSize, paths: files.map(({ path }) => path) };
}

/**
 * Unpacks it into a folder as `npm install` would, with what its package.json declares and nothing else: its
 * optional peers stay away, and an import of anything undeclared fails.
 */
export function install({ tarball }: Packed, consumer: string): void {
  const modules = join(consumer, 'node_modules');
  const folder = join(modules, 'keelson');
  mkdirSync(folder, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], consumer);
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = readPackage(folder);
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta[name]?.optional);
  for (const name of [...Object.keys(dependencies), ...peers]) {
    const link = join(modules, name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), link, 'junction');
  }
}
