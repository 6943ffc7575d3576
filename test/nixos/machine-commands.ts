import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/repository.js';
import type { MachineRoot } from './machine-root.js';
import { type Outcome, programOnPath } from './tools.js';

/*
 * The scripts of nixos/ as a machine has them: each with the commands of its own packages before those of whoever calls
 * it. A unit of systemd has next to none of these, so a script that forgot a package fails here as it would there.
 */

/** Of each script the packages that its module gives it; modules.test.ts holds this to what is evaluated. */
export const RUNTIME_INPUTS = {
  build: ['coreutils', 'gnused', 'nix'],
  'default-class': ['k3s'],
  confirm: ['coreutils', 'gnused', 'nix', 'systemd', 'util-linux', 'keelson-ready', 'keelson-rollback'],
  grow: ['e2fsprogs', 'util-linux'],
  ready: ['curl', 'k3s'],
  restore: ['coreutils', 'k3s', 'systemd', 'keelson-ready'],
  rollback: ['coreutils', 'systemd', 'util-linux'],
  try: ['coreutils', 'systemd', 'keelson-rollback'],
} as const;

export type ScriptName = keyof typeof RUNTIME_INPUTS;

/** Commands of packages: those of the machine that runs the tests, and stubs in place of what would change it. */
const PACKAGES: Readonly<Record<string, { readonly real?: string; readonly stubs?: string }>> = {
  coreutils: {
    real: 'basename cat chmod cp date dirname head ln ls mkdir mktemp mv realpath rm sha256sum sleep sort tail timeout touch tr true uniq wc',
  },
  gnused: { real: 'sed' },
  'util-linux': { real: 'flock', stubs: 'findmnt' },
  e2fsprogs: { stubs: 'resize2fs' },
  nix: { stubs: 'nix-channel nix-env' },
  systemd: { stubs: 'systemctl systemd-run' },
  curl: { stubs: 'curl' },
  k3s: { stubs: 'k3s' },
  // No package of a script's own: that of the system that runs, for who logs in.
  system: { stubs: 'nixos-rebuild' },
};

/** All that a unit of systemd finds: NixOS' systemd has no other folder in its default PATH. */
export const unitPath = ({ root }: MachineRoot): string => join(root, '.packages/systemd');

/** Puts the scripts into a machine's folder, as `keelson-NAME`. */
export function addScripts(machine: MachineRoot): void {
  const link = (name: string, command: string, target: string): void => {
    mkdirSync(join(machine.root, '.packages', name), { recursive: true });
    symlinkSync(target, join(machine.root, '.packages', name, command));
  };
  const stub = (command: string): string => join(machine.root, '.commands', command);
  for (const [name, { real = '', stubs = '' }] of Object.entries(PACKAGES)) {
    for (const command of stubs.split(' ').filter(Boolean)) link(name, command, stub(command));
    for (const command of real.split(' ').filter(Boolean)) {
      const found = programOnPath(command);
      // Elsewhere than on Linux flock and timeout are missing.
      if (found === undefined) machine.command(command);
      link(name, command, found ?? stub(command));
    }
  }
  for (const [name, inputs] of Object.entries(RUNTIME_INPUTS)) {
    const path = inputs.map((one) => join(machine.root, '.packages', one)).join(':');
    machine.executable(
      `.commands/keelson-${name}`,
      `export PATH='${path}':"$PATH"\n. '${join(ROOT, 'nixos/scripts', `${name}.sh`)}'`,
    );
    link(`keelson-${name}`, `keelson-${name}`, stub(`keelson-${name}`));
  }
}

/** Runs a script with its own packages, and what only the system has. */
export const runScript = (machine: MachineRoot, name: ScriptName, ...args: string[]): Outcome =>
  machine.runWith(
    join(machine.root, '.packages/system'),
    join(machine.root, `.commands/keelson-${name}`),
    args,
  );
