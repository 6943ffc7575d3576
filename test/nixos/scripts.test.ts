import { filesBelow, ROOT } from '../support/repository.js';
import { describeWith, run } from './tools.js';

describeWith('shellcheck')('the scripts of nixos/', () => {
  test('have nothing that shellcheck objects to', () => {
    const scripts = filesBelow('nixos').filter((path) => path.endsWith('.sh'));
    expect(scripts.length).toBeGreaterThan(5);
    expect(run('shellcheck', scripts, { cwd: ROOT })).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
