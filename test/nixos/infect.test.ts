import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../../lib/config/versions.js';
import { machineFiles } from '../../lib/machine/machine-files.js';
import { nodeJson } from '../../lib/machine/node.js';
import { firstState } from '../../lib/machine/user-data.js';
import { MachineRoot } from './machine-root.js';
import { KEY, MACHINES } from './machines.js';
import { temporaryFolders } from './tools.js';

/*
 * The bootstrap script, run for real in a folder, with commands that note what they are asked: a droplet is as it comes,
 * and nixos-infect is a script that writes down its environment.
 */

const temporaryFolder = temporaryFolders();
const WORK = 'var/lib/keelson';
const INFECT = `echo "nixos-infect PROVIDER=$PROVIDER NIXOS_IMPORT=$NIXOS_IMPORT NIX_CHANNEL=$NIX_CHANNEL" >>"$CALLS"
echo "NIX_INSTALL_URL=$NIX_INSTALL_URL NO_REBOOT=$NO_REBOOT" >>"$CALLS"
[ ! -e "$KEELSON_ROOT/etc/nixos/configuration.nix" ] || echo 'finds a configuration.nix' >>"$CALLS"
`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

interface Droplet {
  readonly infect?: string;
  readonly infectSha256?: string;
  readonly installerSha256?: string;
  readonly ipv6?: boolean;
  readonly mounted?: readonly string[];
  readonly efi?: boolean;
}

function droplet(options: Droplet = {}): MachineRoot {
  const { infect = INFECT, infectSha256 = sha256(infect), installerSha256 = '', mounted = [] } = options;
  const root = new MachineRoot(temporaryFolder());
  for (const [path, text] of Object.entries(machineFiles())) root.write(`${WORK}/nixos/${path}`, text);
  root.write(`${WORK}/nixos/node.json`, nodeJson(firstState(MACHINES.single, KEY)));
  root.write(`${WORK}/authorized_keys`, `${KEY}\n`);
  root.write(
    `${WORK}/bootstrap.env`,
    [
      'INFECT_URL=https://example.invalid/nixos-infect',
      `INFECT_SHA256=${infectSha256}`,
      'INSTALLER_URL=https://example.invalid/install',
      `INSTALLER_SHA256=${installerSha256}`,
      `CHANNEL=${machine.nixosChannel}`,
      '',
    ].join('\n'),
  );
  root.write('.served/nixos-infect', infect);
  root.write('.served/install', 'the installer\n');
  // What is asked for comes last, where it goes to before it.
  root.command('curl', `cp "$KEELSON_ROOT/.served/$(basename "\${@: -1}")" "\${@: -2:1}"`);
  root.command('ip', options.ipv6 === false ? '' : 'echo "default via fe80::1 dev eth0"');
  root.command(
    'mountpoint',
    `case "\${2#"$KEELSON_ROOT"}" in ${[...mounted, 'none'].join(' | ')}) ;; *) exit 1 ;; esac`,
  );
  root.command('umount');
  root.command('reboot');
  if (options.efi) mkdirSync(join(root.root, 'sys/firmware/efi'), { recursive: true });
  return root;
}

const bootstrap = (root: MachineRoot) => root.run(join(root.root, WORK, 'nixos/scripts/bootstrap.sh'));

test('a droplet becomes NixOS and restarts', () => {
  const root = droplet();
  const { status, stdout, stderr } = bootstrap(root);
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  expect(root.calls().slice(-3)).toEqual([
    `nixos-infect PROVIDER=digitalocean NIXOS_IMPORT=./host.nix NIX_CHANNEL=${machine.nixosChannel}`,
    `NIX_INSTALL_URL=file:///${WORK}/install-nix NO_REBOOT=1`,
    'reboot',
  ]);
  expect(root.exists('etc/keelson/failed')).toBe(false);
  expect(root.read('etc/nixos/host.nix')).toContain('mkForce');
  expect(JSON.parse(root.read('etc/nixos/node.json'))).toMatchObject({ hostname: 'main-1' });
  expect(root.read('root/.ssh/authorized_keys')).toBe(`${KEY}\n`);
});

test('another script than the pinned one never runs', () => {
  const root = droplet({ infectSha256: machine.nixosInfect.sha256 });
  expect(bootstrap(root).status).not.toBe(0);
  expect(root.calls().filter((call) => /^(nixos-infect|umount|reboot)/.test(call))).toEqual([]);
  expect(root.read('etc/keelson/failed')).toMatch(/failed at:\nkeelson: download and verify nixos-infect\n/);
  expect(root.read('etc/keelson/failed')).toMatch(/nixos-infect: FAILED/);
});

test('another installer than the pinned one never runs', () => {
  const wrong = droplet({ installerSha256: 'a'.repeat(64) });
  expect(bootstrap(wrong).status).not.toBe(0);
  expect(wrong.calls().filter((call) => call.startsWith('nixos-infect'))).toEqual([]);
  const right = droplet({ installerSha256: sha256('the installer\n') });
  expect(bootstrap(right).status).toBe(0);
});

test('a failure is seen in a file, in the message of the day and on the console, with the end of the log', () => {
  const root = droplet({ infect: 'echo "error: no space left on device"; exit 7' });
  expect(bootstrap(root).status).toBe(7);
  const failed = root.read('etc/keelson/failed');
  expect(failed).toMatch(
    /^This machine did not become NixOS \(exit code 7\)\. It failed at:\nkeelson: run nixos-infect\n/,
  );
  expect(failed).toContain('error: no space left on device');
  expect(root.read('etc/motd')).toBe(failed);
  expect(root.read('dev/console')).toBe(failed);
  expect(root.calls()).not.toContain('reboot');
});

test('a failure before the first step is told as well', () => {
  const root = droplet();
  rmSync(join(root.root, WORK, 'bootstrap.env'));
  expect(bootstrap(root).status).toBe(1);
  const failed = root.read('etc/keelson/failed');
  expect(failed).toMatch(/It failed at:\nits beginning\n/);
  expect(failed).toMatch(/bootstrap\.env: No such file/);
  expect([root.read('etc/motd'), root.read('dev/console')]).toEqual([failed, failed]);
});

test('after the cause is mended the same command goes on', () => {
  const root = droplet({ infect: '[ -e "$KEELSON_ROOT/mended" ]' });
  expect(bootstrap(root).status).not.toBe(0);
  root.write('mended', '');
  expect(bootstrap(root).status).toBe(0);
  expect(root.exists('etc/keelson/failed')).toBe(false);
  expect(root.read('root/.ssh/authorized_keys')).toBe(`${KEY}\n`);
});

test('an existing /etc/nixos is moved away: its configuration.nix would leave the network out', () => {
  const root = droplet();
  root.write('etc/nixos/configuration.nix', '{ }');
  expect(bootstrap(root).status).toBe(0);
  expect(root.calls()).not.toContain('finds a configuration.nix');
  expect(root.read('etc/nixos.before-keelson/configuration.nix')).toBe('{ }');
});

test('a droplet without IPv6 is refused before anything is changed', () => {
  const root = droplet({ ipv6: false });
  expect(bootstrap(root).status).not.toBe(0);
  expect(root.calls().filter((call) => /^(curl|nixos-infect)/.test(call))).toEqual([]);
  expect(root.read('etc/keelson/failed')).toContain('create it anew with ipv6: true');
});

test.each<[string, Droplet, readonly string[]]>([
  [
    'without EFI, /boot/efi and then /boot are unmounted',
    { mounted: ['/boot/efi', '/boot'] },
    ['umount /boot/efi', 'umount /boot'],
  ],
  ['without EFI, what is not mounted is left', { mounted: ['/boot/efi'] }, ['umount /boot/efi']],
  ['with EFI, both stay', { mounted: ['/boot/efi', '/boot'], efi: true }, []],
])('%s', (_name, options, expected) => {
  const root = droplet(options);
  expect(bootstrap(root).status).toBe(0);
  expect(root.calls().filter((call) => call.startsWith('umount'))).toEqual(expected);
});
