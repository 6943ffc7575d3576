import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { nodeJson } from '../../lib/machine/node.js';
import { addScripts, runScript, unitPath } from './machine-commands.js';
import { MachineRoot } from './machine-root.js';
import { MACHINES } from './machines.js';

/*
 * A machine in a folder, on which build, try, confirm and rollback run for real: systems are folders with a
 * switch-to-configuration that becomes the current one.
 */

export const TREE = 'root/upload';

/** @returns its folder in the store */
export function system(root: MachineRoot, name: string, body = ''): string {
  root.script(
    `nix/store/${name}/bin/switch-to-configuration`,
    `echo "${name} $1" >>"$CALLS"\n${body}\n[ "$1" != test ] || ln -sfn "$KEELSON_ROOT/nix/store/${name}" "$KEELSON_ROOT/run/current-system"`,
  );
  return join(root.root, 'nix/store', name);
}

/** @param root an empty folder */
export function nixos(
  folder: string,
  options: { readonly activation?: string; readonly ready?: boolean } = {},
): MachineRoot {
  const root = new MachineRoot(folder);
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
  root.command('nix-channel');
  root.command('nix-env');
  root.command('systemctl');
  root.command('k3s', options.ready === false ? 'exit 1' : '');
  addScripts(root);
  // A timer is noted and never fires; an activation runs at once.
  root.command(
    'systemd-run',
    `case "$*" in
*keelson-activate*) ${asUnit(root)} "\${@: -2}" ;;
*) printf '%s\\n' "\${@: -2}" >"$KEELSON_ROOT/.armed" ;;
esac`,
  );
  return root;
}

/** What a stub puts before a command to run it as a unit. */
export const asUnit = (root: MachineRoot): string =>
  `env -i KEELSON_ROOT="$KEELSON_ROOT" CALLS="$CALLS" PATH='${unitPath(root)}'`;

/** The timer fires: what it was given runs as a unit. */
export function fire(root: MachineRoot): ReturnType<MachineRoot['runWith']> {
  const [command = '', ...args] = root.read('.armed').trimEnd().split('\n');
  return root.runWith(unitPath(root), command, args);
}

export const build = (root: MachineRoot) => runScript(root, 'build', join(root.root, TREE));
export const switched = (root: MachineRoot) => root.calls().filter((call) => /^(old|new) /.test(call));
