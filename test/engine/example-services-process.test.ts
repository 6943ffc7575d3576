import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { serviceModules, testServices } from '../support/example-services.js';
import { describeWithGo } from '../support/go-tool.js';
import { ROOT } from '../support/repository.js';

const modules = serviceModules();

test('three examples have programs', () =>
  expect(modules).toEqual([
    'examples/lunch/services/web',
    'examples/routeguide/services',
    'examples/streams/services',
  ]));

describeWithGo("the examples' programs").each(modules)('%s', (folder) => {
  test('their own tests pass', () => {
    const { status, stdout, stderr } = testServices(folder);
    expect({ status, output: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, output: '' });
  });

  test('they are formatted as Go formats', () => {
    const { stdout } = spawnSync('gofmt', ['-l', '.'], { cwd: join(ROOT, folder), encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});
