import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goEnvironment } from '../../embedded/binaries/go-command.js';
import { ROOT } from './repository.js';

/** Folders of the Go modules that the examples' own programs are: one a program, or one for several. */
export const serviceModules = (): string[] =>
  readdirSync(join(ROOT, 'examples')).flatMap((example) => {
    const services = join('examples', example, 'services');
    if (!existsSync(join(ROOT, services))) return [];
    const folders = [services, ...readdirSync(join(ROOT, services)).map((name) => join(services, name))];
    return folders.filter((folder) => existsSync(join(ROOT, folder, 'go.mod')));
  });

/** Runs the tests of a module's programs. @param flags of `go test` */
export const testServices = (folder: string, ...flags: string[]): SpawnSyncReturns<string> =>
  spawnSync('go', ['test', '-mod=readonly', ...flags, './...'], {
    cwd: join(ROOT, folder),
    env: goEnvironment(),
    encoding: 'utf8',
  });
