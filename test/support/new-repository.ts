import { existsSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install, pack, run } from './packed.js';
import { ROOT, readPackage } from './repository.js';

/**
 * A repository as `keelson new` of the packed package makes it, with what its package.json asks for. In place of
 * `npm install`: the package is unpacked, all else is linked to what is installed here.
 */
export function newRepository(folder: string, name: string): string {
  install(pack(folder), folder);
  run(process.execPath, [join(folder, 'node_modules/keelson/bin/keelson.js'), 'new', name], folder);
  const repository = join(folder, name);
  const modules = join(repository, 'node_modules');
  renameSync(join(folder, 'node_modules'), modules);
  const { dependencies = {}, devDependencies = {} } = readPackage(repository);
  for (const one of Object.keys({ ...dependencies, ...devDependencies })) {
    const link = join(modules, one);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(join(ROOT, 'node_modules', one), link, 'junction');
  }
  mkdirSync(join(modules, '.bin'));
  symlinkSync('../keelson/bin/keelson.js', join(modules, '.bin/keelson'));
  symlinkSync('../typescript/bin/tsc', join(modules, '.bin/tsc'));
  return repository;
}
