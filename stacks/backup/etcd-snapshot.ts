import type { Readable, Writable } from 'node:stream';
import { ROOT } from '../machine/machine-state.js';
import type { Ssh } from '../machine/ssh.js';
import { quote } from '../machine/ssh-machine.js';

/** How our snapshots are called on the machine, where k3s never deletes those that it was asked for. */
const NAME = 'keelson-backup';
const FOLDER = `set -eu
${ROOT}
cd "$root/var/lib/rancher/k3s/server/db/snapshots"`;

/**
 * Has k3s take a snapshot of etcd and reads it from the machine, which does not keep it.
 *
 * @returns its name: a compressed one ends with `.zip`, by which k3s knows it
 */
export async function sendSnapshot(ssh: Ssh, into: Writable): Promise<string> {
  const what = 'snapshot of etcd';
  await ssh.run(`k3s etcd-snapshot save --name ${NAME} >/dev/null`, { what });
  const { stdout } = await ssh.run(`${FOLDER}\nls -t | grep -m 1 ^${NAME}-`, { what });
  const name = stdout.trim();
  await ssh.run(`${FOLDER}\ncat ${quote(name)}`, { what, output: into });
  // Those too that an interrupted backup left.
  await ssh.run(
    `${FOLDER}\nfor one in ${NAME}-*; do k3s etcd-snapshot delete "$one" >/dev/null; rm -f "$one"; done`,
    { what: 'delete the snapshot on the machine' },
  );
  return name;
}

const RESTORE = '/var/lib/keelson/restore';

/** Puts a snapshot onto the machine, for root alone. @returns its path there */
export async function receiveSnapshot(ssh: Ssh, name: string, from: Readable): Promise<string> {
  const { stdout } = await ssh.run(
    `set -eu\n${ROOT}\numask 077\nmkdir -p "$root${RESTORE}"\ncat >"$root${RESTORE}/"${quote(name)}\necho "$root${RESTORE}/"${quote(name)}`,
    { what: 'send the snapshot', input: from },
  );
  return stdout.trim();
}

/** It holds every secret of the cluster. */
export const removeReceived = (ssh: Ssh): Promise<unknown> =>
  ssh.run(`${ROOT}\nrm -rf "$root${RESTORE}"`, { what: 'delete the snapshot on the machine' });
