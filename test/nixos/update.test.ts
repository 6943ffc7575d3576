import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { nodeJson } from '../../lib/machine/node.js';
import { ROOT } from '../support/repository.js';
import { MachineRoot } from './machine-root.js';
import { MACHINES } from './machines.js';
import { temporaryFolders } from './tools.js';

/*
 * build, try, confirm and rollback, run for real in a folder: systems are folders with a switch-to-configuration that
 * becomes the current one.
 */

const temporaryFolder = temporaryFolders();
const TREE = 'root/upload';

function system(root: MachineRoot, name: string, body = ''): string {
  root.script(
    `nix/store/${name}/bin/switch-to-configuration`,
    `echo "${name} $1" >>"$CALLS"\n${body}\n[ "$1" != test ] || ln -sfn "$KEELSON_ROOT/nix/store/${name}" "$KEELSON_ROOT/run/current-system"`,
  );
  return join(root.root, 'nix/store', name);
}

function nixos(options: { readonly activation?: string; readonly ready?: boolean } = {}): MachineRoot {
  const root = new MachineRoot(temporaryFolder());
  const old = system(root, 'old');
  const next = system(root, 'new', options.activation);
  mkdirSync(join(root.root, 'run'));
  symlinkSync(old, join(root.root, 'run/current-system'));
  root.write('etc/nixos/hardware-configuration.nix', '{ hardware = 1; }');
  root.write('etc/nixos/networking.nix', '{ network = 1; }');
  root.write('etc/nixos/old.nix', '{ }');
  root.write('etc/rancher/k3s/k3s.yaml', '');
  root.write(`${TREE}/node.json`, nodeJson(MACHINES.single));
  root.write(`${TREE}/system.nix`, '{ }');
  root.command('nixos-rebuild', `ln -s "${next}" result`);
  root.command('nix-channel', '[ "$1" != --list ] || echo "nixos https://nixos.org/channels/nixos-26.05"');
  root.command('nix-env');
  root.command('systemctl');
  root.command('k3s', options.ready === false ? 'exit 1' : '');
  // A timer is noted and never fires; an activation runs at once.
  root.command('systemd-run', `case "$*" in *keelson-activate*) "\${@: -2}" ;; esac`);
  for (const name of ['ready', 'rollback'])
    symlinkSync(join(ROOT, `nixos/scripts/${name}.sh`), join(root.root, '.commands', `keelson-${name}`));
  return root;
}

const script = (root: MachineRoot, name: string, ...args: string[]) =>
  root.run(join(ROOT, `nixos/scripts/${name}.sh`), args);
const build = (root: MachineRoot) => script(root, 'build', join(root.root, TREE));
const switched = (root: MachineRoot) => root.calls().filter((call) => /^(old|new) /.test(call));

test('build takes the machine’s own files along and prints what it built, without activating it', () => {
  const root = nixos();
  expect(build(root)).toEqual({ status: 0, stdout: `${join(root.root, 'nix/store/new')}\n`, stderr: '' });
  expect(root.read(`${TREE}/networking.nix`)).toBe('{ network = 1; }');
  expect(root.calls()).toContain(`nixos-rebuild build --no-flake -I nixos-config=/${TREE}/system.nix`);
  expect(switched(root)).toEqual([]);
});

test('build changes the channel when node.json names another, and uses the lock where there is one', () => {
  const root = nixos();
  root.write(
    `${TREE}/node.json`,
    nodeJson({ ...MACHINES.single, versions: { nixos: 'nixos-26.11', k3s: 'k3s_1_36' } }),
  );
  expect(build(root).status).toBe(0);
  expect(root.calls()).toContain('nix-channel --add https://nixos.org/channels/nixos-26.11 nixos');
  const locked = nixos();
  locked.write(`${TREE}/flake.lock`, '{}');
  expect(build(locked).status).toBe(0);
  expect(locked.calls()).toEqual([`nixos-rebuild build --flake path:/${TREE}#machine`]);
});

test('build refuses a machine whose own files are missing: it could not boot', () => {
  const root = new MachineRoot(temporaryFolder());
  root.write(`${TREE}/system.nix`, '{ }');
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

test('confirm keeps it once k3s is ready: timer off, boot default, /etc/nixos', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  expect(script(root, 'confirm')).toMatchObject({ status: 0, stderr: '' });
  expect(root.calls().slice(-4)).toEqual([
    'k3s kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml get --raw /readyz',
    'systemctl stop keelson-rollback.timer',
    'nix-env --profile /nix/var/nix/profiles/system --set /nix/store/new',
    'new boot',
  ]);
  expect(root.exists('etc/nixos/system.nix')).toBe(true);
  expect(root.exists('etc/nixos/old.nix')).toBe(false);
  expect(root.read('etc/nixos/hardware-configuration.nix')).toContain('hardware');
  expect(script(root, 'confirm').stderr).toContain('nothing is being tried');
});

test('confirm keeps nothing while k3s is not ready', () => {
  const root = nixos({ ready: false });
  build(root);
  script(root, 'try');
  const { status, stderr } = script(root, 'confirm', '0');
  expect(status).toBe(1);
  expect(stderr).toContain('journalctl -u k3s');
  expect(root.calls().filter((call) => /^(nix-env|new boot|systemctl stop)/.test(call))).toEqual([]);
});

test('the rollback brings the old system back, and confirm says that it did', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  expect(script(root, 'rollback', 'not confirmed within 600 s').status).toBe(0);
  expect(switched(root)).toEqual(['new test', 'old test']);
  const { status, stderr } = script(root, 'confirm');
  expect(status).toBe(1);
  expect(stderr).toMatch(/nothing is being tried; rolled back: .*new: not confirmed within 600 s/);
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

test.each([['try'], ['confirm']])('%s refuses what is no number of seconds', (name) => {
  const root = nixos();
  build(root);
  expect(script(root, name, '5 minutes').stderr).toContain('"5 minutes" is no number of seconds');
});
