import { mkdir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { cacheDirectory } from '../../../embedded/binaries/cache.js';
import { buildFlags } from '../../../embedded/binaries/go-build.js';
import { goEnvironment, runGo } from '../../../embedded/binaries/go-command.js';

/**
 * Builds a service of the examples, whose sources may have changed: Go's own cache makes it quick.
 * @param folder of its main package, such as …/lunch/services/web
 * @returns path of the program, linked statically
 */
export async function buildService(folder: string, version: string): Promise<string> {
  const name = folder.split(sep).slice(-3);
  const target = join(cacheDirectory(), 'lab', 'services', ...name, version);
  await mkdir(dirname(target), { recursive: true });
  await runGo(['build', ...buildFlags({ 'main.version': version }), '-o', target, '.'], {
    folder,
    environment: goEnvironment(),
  });
  return target;
}
