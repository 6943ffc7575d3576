import { setTimeout as sleep } from 'node:timers/promises';
import { runScript as script } from './machine-commands.js';
import { programOnPath, temporaryFolders } from './tools.js';
import { asUnit, build, fire, nixos as machine, switched, system } from './update-bed.js';

const temporaryFolder = temporaryFolders();
const nixos = (options: Parameters<typeof machine>[1] = {}) => machine(temporaryFolder(), options);

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

test('the timer brings the old system back, as a unit that finds no command of the system; confirm says so', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  expect(fire(root)).toEqual({ status: 0, stdout: '', stderr: '' });
  expect(root.exists('run/keelson/trying')).toBe(false);
  expect(switched(root)).toEqual(['new test', 'old test']);
  const { status, stderr } = script(root, 'confirm');
  expect(status).toBe(1);
  expect(stderr).toMatch(/nothing is being tried; rolled back: .*new: not confirmed within 600 s/);
});

test('a timer that fires while confirm waits for k3s counts: what was rolled back is not kept', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  const [command = '', reason = ''] = root.read('.armed').split('\n');
  root.command('k3s', `${asUnit(root)} '${command}' '${reason}' || true`);
  const { status, stderr } = script(root, 'confirm');
  expect(status).toBe(1);
  expect(stderr).toMatch(/nothing is being tried; rolled back: .*new: not confirmed within 600 s/);
  expect(switched(root)).toEqual(['new test', 'old test']);
  expect(root.calls().filter((call) => call.startsWith('nix-env'))).toEqual([]);
});

const flock = programOnPath('flock');
if (flock === undefined) console.warn('skipped: who holds the lock of a machine needs flock (util-linux)');
const testWithFlock = flock === undefined ? test.skip : test;

testWithFlock('confirm waits for a rollback that is under way, and keeps nothing then', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  system(root, 'old', 'sleep 0.5');
  // Under way when k3s is found ready: the new system is the current one still.
  root.command(
    'k3s',
    `${asUnit(root)} "$(head -n 1 "$KEELSON_ROOT/.armed")" late >/dev/null 2>&1 &
for _ in {1..100}; do [ -e "$KEELSON_ROOT/run/keelson/rolled-back" ] || sleep 0.02; done`,
  );
  expect(script(root, 'confirm').stderr).toMatch(/nothing is being tried; rolled back: .*new: late/);
  expect(switched(root)).toEqual(['new test', 'old test']);
  expect(root.exists('run/keelson/trying')).toBe(false);
});

testWithFlock(
  'a timer that fires while confirm makes the boot default waits, and rolls nothing back',
  async () => {
    const root = nixos();
    build(root);
    script(root, 'try');
    root.command(
      'nix-env',
      `${asUnit(root)} "$(head -n 1 "$KEELSON_ROOT/.armed")" late >"$KEELSON_ROOT/.rollback" 2>&1 &\nsleep 0.3`,
    );
    expect(script(root, 'confirm')).toMatchObject({ status: 0, stderr: '' });
    await until(() => root.read('.rollback').includes('nothing is being tried'));
    expect(switched(root)).toEqual(['new test', 'new boot']);
    expect(root.exists('run/keelson/rolled-back')).toBe(false);
  },
);

test('what cannot be made the boot default is rolled back', () => {
  const root = nixos();
  build(root);
  script(root, 'try');
  root.command('nix-env', 'case "$4" in */new) exit 1 ;; esac');
  const { status, stderr } = script(root, 'confirm');
  expect(status).toBe(1);
  expect(stderr).toContain('could not be made the boot default and was rolled back');
  expect(switched(root)).toEqual(['new test', 'old test']);
  const profiles = root.calls().filter((call) => call.startsWith('nix-env'));
  expect(profiles.at(-1)).toBe('nix-env --profile /nix/var/nix/profiles/system --set /nix/store/old');
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries += 1) await sleep(10);
  expect(holds()).toBe(true);
}
