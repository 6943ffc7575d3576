import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { goEnvironment } from '../../embedded/binaries/go-command.js';
import { ROOT } from '../support/repository.js';

/** Folders of the examples' own programs. */
const services = readdirSync(join(ROOT, 'examples')).flatMap((example) => {
  const folder = join('examples', example, 'services');
  return existsSync(join(ROOT, folder))
    ? readdirSync(join(ROOT, folder)).map((name) => join(folder, name))
    : [];
});

const go =
  (...args: string[]) =>
  (folder: string) =>
    spawnSync('go', args, { cwd: join(ROOT, folder), env: goEnvironment(), encoding: 'utf8' });

const missing = go('version')('.').status === 0 ? undefined : 'there is no go on PATH';
if (missing) console.warn(`skipped: ${missing}`);

test('there are services', () => expect(services).toContain('examples/lunch/services/web'));

(missing ? describe.skip : describe).each(services)('%s', (folder) => {
  test('its own tests pass', () => {
    const { status, stdout, stderr } = go('test', '-mod=readonly', './...')(folder);
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  test('it is formatted as Go formats', () => {
    const { stdout } = spawnSync('gofmt', ['-l', '.'], { cwd: join(ROOT, folder), encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
