import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeJson } from '../../lib/machine/node.js';
import { runScript as script } from './machine-commands.js';
import { MACHINES } from './machines.js';
import { temporaryFolders } from './tools.js';
import { build, nixos as machine, switched, TREE } from './update-bed.js';

const temporaryFolder = temporaryFolders();
const nixos = (options: Parameters<typeof machine>[1] = {}) => machine(temporaryFolder(), options);

test('build takes the machine’s own files along and prints what it built, without activating it', () => {
  const root = nixos();
  expect(build(root)).toEqual({ status: 0, stdout: `${join(root.root, 'nix/store/new')}\n`, stderr: '' });
  expect(root.read(`${TREE}/networking.nix`)).toBe('{ network = 1; }');
  expect(root.calls()).toContain(`nixos-rebuild build --no-flake -I nixos-config=/${TREE}/system.nix`);
  expect(switched(root)).toEqual([]);
});

test('build takes what the channel has now, each time, or the lock where there is one', () => {
  const root = nixos();
  root.write(
    `${TREE}/node.json`,
    nodeJson({ ...MACHINES.single, versions: { nixos: 'nixos-26.11', k3s: 'k3s_1_36' } }),
  );
  for (const _ of ['once', 'again']) expect(build(root).status).toBe(0);
  const once = [
    'nix-channel --add https://nixos.org/channels/nixos-26.11 nixos',
    'nix-channel --update nixos',
    `nixos-rebuild build --no-flake -I nixos-config=/${TREE}/system.nix`,
  ];
  expect(root.calls()).toEqual([...once, ...once]);
  const locked = nixos();
  locked.write(`${TREE}/flake.lock`, '{}');
  expect(build(locked).status).toBe(0);
  expect(locked.calls()).toEqual([`nixos-rebuild build --flake path:/${TREE}#machine`]);
});

test('build builds nothing with a channel that could not be downloaded, and downloads it the next time', () => {
  const root = nixos();
  root.command('nix-channel', '[ "$1" != --update ]');
  const { status, stderr } = build(root);
  expect(status).toBe(1);
  expect(stderr).toMatch(/nixos-26\.05 could not be downloaded, so nothing was built; try again/);
  expect(root.calls().filter((call) => call.startsWith('nixos-rebuild'))).toEqual([]);
  root.command('nix-channel');
  expect(build(root).status).toBe(0);
  expect(root.calls().slice(-2)).toEqual([
    'nix-channel --update nixos',
    `nixos-rebuild build --no-flake -I nixos-config=/${TREE}/system.nix`,
  ]);
});

test('what was confirmed is built again from /etc/nixos, with what the channel has by now', () => {
  const root = nixos();
  root.write('etc/nixos/node.json', nodeJson(MACHINES.single));
  root.write('etc/nixos/system.nix', '{ }');
  expect(script(root, 'build', join(root.root, 'etc/nixos'))).toMatchObject({ status: 0, stderr: '' });
  expect(script(root, 'try').status).toBe(0);
  expect(script(root, 'confirm')).toMatchObject({ status: 0, stderr: '' });
  expect(root.calls()).toContain('nix-channel --update nixos');
  expect(root.read('etc/nixos/old.nix')).toBe('{ }');
  expect(root.read('etc/nixos/networking.nix')).toBe('{ network = 1; }');
});

test('build refuses a machine whose own files are missing: it could not boot', () => {
  const root = nixos();
  rmSync(join(root.root, 'etc/nixos/hardware-configuration.nix'));
  const { status, stderr } = build(root);
  expect(status).toBe(1);
  expect(stderr).toContain('hardware-configuration.nix is missing');
});

test('try arms the timer first, then activates without touching the boot default', () => {
  const root = nixos();
  build(root);
  expect(script(root, 'try', '300')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('confirm it within 300 s'),
  });
  const calls = root.calls();
  const timer = calls.findIndex((call) =>
    /^systemd-run .*--unit=keelson-rollback --on-active=300 /.test(call),
  );
  expect(timer).toBeGreaterThan(-1);
  expect(calls.indexOf('new test')).toBeGreaterThan(timer);
  expect(calls.filter((call) => call.startsWith('nix-env') || call.endsWith(' boot'))).toEqual([]);
});

test('an activation that fails is rolled back at once', () => {
  const root = nixos({ activation: 'exit 4' });
  build(root);
  const { status, stderr } = script(root, 'try');
  expect(status).toBe(1);
  expect(stderr).toContain('the activation failed and was rolled back');
  expect(switched(root)).toEqual(['new test', 'old test']);
});

test('nothing is activated where the timer cannot be armed', () => {
  const root = nixos();
  build(root);
  root.command('systemd-run', 'exit 1');
  expect(script(root, 'try').status).toBe(1);
  expect(switched(root)).toEqual([]);
  expect(root.exists('run/keelson/trying')).toBe(false);
});

test('two at a time cannot try', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  const { status, stderr } = script(root, 'try');
  expect(status).toBe(1);
  expect(stderr).toContain('is being tried; confirm it');
  expect(switched(root)).toEqual(['new test']);
});

test('grow makes the file system of a folder as large as its volume, and says where nothing is mounted', () => {
  const root = nixos();
  root.command('findmnt', 'echo /dev/sda');
  root.command('resize2fs', 'echo "Nothing to do!"');
  expect(script(root, 'grow', '/data')).toMatchObject({ status: 0, stdout: '' });
  expect(root.calls()).toEqual([
    'findmnt --noheadings --output SOURCE --mountpoint /data',
    'resize2fs /dev/sda',
  ]);
  root.command('findmnt', 'exit 1');
  expect(script(root, 'grow', '/data')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('nothing is mounted at /data'),
  });
});
test.each([['try'], ['confirm']] as const)('%s refuses what is no number of seconds', (name) => {
  const root = nixos();
  build(root);
  expect(script(root, name, '5 minutes').stderr).toContain('"5 minutes" is no number of seconds');
});
