import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheDirectory } from '../../../embedded/binaries/cache.js';
import { goEnvironment, runGo } from '../../../embedded/binaries/go-command.js';

/**
 * Builds a service of the examples, whose sources may have changed: Go's own cache makes it quick.
 * @param folder of its main package
 * @returns path of the program, linked statically
 */
export async function buildService(folder: string, version: string): Promise<string> {
  const target = join(cacheDirectory(), 'lab', 'services', basename(folder), version);
  await mkdir(join(target, '..'), { recursive: true });
  const flags = [
    '-mod=readonly',
    '-trimpath',
    '-buildvcs=false',
    '-ldflags',
    `-s -w -X main.version=${version}`,
  ];
  await runGo(['build', ...flags, '-o', target, '.'], {
    folder,
    environment: goEnvironment(),
  });
  return target;
}
