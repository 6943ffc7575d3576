import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goEnvironment } from '../../embedded/binaries/go-command.js';
import { ROOT } from '../support/repository.js';

/** Folders of the Go modules that the examples' own programs are: one a program, or one for several. */
const modules = readdirSync(join(ROOT, 'examples')).flatMap((example) => {
  const services = join('examples', example, 'services');
  if (!existsSync(join(ROOT, services))) return [];
  const folders = [services, ...readdirSync(join(ROOT, services)).map((name) => join(services, name))];
  return folders.filter((folder) => existsSync(join(ROOT, folder, 'go.mod')));
});

const go =
  (...args: string[]) =>
  (folder: string) =>
    spawnSync('go', args, { cwd: join(ROOT, folder), env: goEnvironment(), encoding: 'utf8' });

const missing = go('version')('.').status === 0 ? undefined : 'there is no go on PATH';
if (missing) console.warn(`skipped: ${missing}`);

test('three examples have programs', () =>
  expect(modules).toEqual([
    'examples/lunch/services/web',
    'examples/routeguide/services',
    'examples/streams/services',
  ]));

(missing ? describe.skip : describe).each(modules)('%s', (folder) => {
  test('their own tests pass', () => {
    const { status, stdout, stderr } = go('test', '-mod=readonly', './...')(folder);
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  test('they are formatted as Go formats', () => {
    const { stdout } = spawnSync('gofmt', ['-l', '.'], { cwd: join(ROOT, folder), encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
