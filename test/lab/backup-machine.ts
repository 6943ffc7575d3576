import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MachineBed } from '../engine/machine-bed.js';
import { DB, k3sStub } from '../support/k3s-stub.js';
import type { Lab } from './lab.js';

/**
 * The lab's node as `keelson backup` reaches it: behind SSH, with Keelson's own scripts. The lab has no k3s; what stands
 * for it takes snapshots of the node's etcd and talks to its API, and what stands for systemd stops and starts the node.
 */
export class BackupMachine {
  readonly bed: MachineBed;
  private readonly asked: string;

  /** @param token with which alone a snapshot opens */
  constructor(
    private readonly lab: Lab,
    name: string,
    folder: string,
    authorizedKey: string,
    token: string,
  ) {
    mkdirSync(folder, { recursive: true });
    this.bed = new MachineBed(name, folder, [authorizedKey]);
    const { root } = this.bed;
    this.asked = join(root.root, 'asked');
    const { controlPlane, volumes } = lab.folders;
    for (const [path, real] of [
      [DB, controlPlane],
      [volumes, volumes],
    ] as const) {
      mkdirSync(dirname(join(root.root, path)), { recursive: true });
      symlinkSync(real, join(root.root, path));
    }
    root.write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_34"\n}\n');
    root.write('var/lib/keelson/secrets/token', token);
    const kubectl = join(lab.folders.commands, 'kubectl');
    root.write('k3s-does', k3sStub(`exec '${kubectl}' --kubeconfig '${lab.node.kubeconfig}' "$@"`));
    root.command(
      'systemctl',
      `case "$*" in
*is-active*) exit 1 ;;
'stop k3s.service' | 'start k3s.service')
  echo "$1" >"$KEELSON_ROOT/asked.draft"
  mv "$KEELSON_ROOT/asked.draft" "$KEELSON_ROOT/asked"
  while [ -e "$KEELSON_ROOT/asked" ]; do sleep 0.1; done ;;
esac`,
    );
  }

  /** Does something over SSH, while the node stops and starts as it is told. */
  async serving<T>(work: () => Promise<T>): Promise<T> {
    this.bed.root.write(`${DB}/etcd.pid`, `${this.lab.node.processes.get('etcd')?.pid}`);
    await this.bed.start();
    let over = false;
    const end = () => {
      over = true;
    };
    const working = work();
    working.then(end, end);
    try {
      while (!over) {
        if (existsSync(this.asked)) await this.obey();
        await sleep(100);
      }
      return await working;
    } finally {
      await this.bed.stop();
    }
  }

  private async obey(): Promise<void> {
    const { node } = this.lab;
    await (this.bed.root.read('asked').trim() === 'stop' ? node.stop() : node.start());
    rmSync(this.asked);
  }
}
