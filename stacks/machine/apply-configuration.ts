import { KeelsonError } from '../../lib/config/problem.js';
import type { NodeSettings } from '../../lib/machine/node.js';
import type { FileTree } from '../../lib/machine/tarball.js';
import { withConnections } from './connections.js';
import { k3sUpgrade } from './k3s-upgrade.js';
import { connectionKey, requireKey } from './keys.js';
import { type MachineState, machineState } from './machine-state.js';
import { type ReadyOptions, waitForMachine } from './ready.js';
import { type MachineSecrets, pushSecrets } from './secrets.js';
import { type Ssh, type SshOptions, withSsh } from './ssh.js';
import { quote, type SshMachine } from './ssh-machine.js';
import { type UpdateOptions, update } from './update.js';
import { configurationTree } from './upload.js';

export interface ApplyOptions extends UpdateOptions, SshOptions {
  /** The files of `nixos/`. @default the package's */
  readonly files?: FileTree;
}

export interface Applied {
  /** Store path of the system that was confirmed; undefined where it ran already. */
  readonly system: string | undefined;
  /** Names of the secrets' files that changed. */
  readonly secrets: readonly string[];
}

/**
 * Makes a machine that runs NixOS what its settings say: secrets first, then upload, build, try and confirm. Where it
 * is all that already, nothing is sent; the data's file system is made as large as its volume in any case. k3s is never
 * taken over a minor, and what an upgrade breaks is named first.
 *
 * @throws KeelsonError before anything changes, or with the machine as it was before.
 * @example
 * await applyConfiguration(machine, parseNode(settings), { token, agentToken }, { report: console.error });
 */
export async function applyConfiguration(
  machine: SshMachine,
  node: NodeSettings,
  secrets: MachineSecrets,
  options: ApplyOptions = {},
): Promise<Applied> {
  const { signal, connectTimeout, connections, files, report } = options;
  const tree = configurationTree(node, files);
  return await withSsh(machine, { signal, connectTimeout, connections }, async (ssh) => {
    const state = await machineState(ssh);
    await review(ssh, node, state, options);
    const changed = await pushSecrets(ssh, node, secrets);
    if (changed.length > 0) report?.(`${machine.name}: has new secrets: ${changed.join(', ')}`);
    const system = await update(ssh, tree, state, options);
    // It does not start by itself where its secrets came later.
    if (system === undefined && changed.length > 0)
      await ssh.run('timeout 300 systemctl start k3s.service', { what: 'start k3s' });
    if (node.dataVolume !== null) await ssh.run(grow(node.dataVolume.mountPoint), { what: 'grow the data' });
    return { system, secrets: changed };
  });
}

/** A larger volume is no change of the tree. A system of one's own may have no such command. */
const grow = (folder: string): string =>
  `! command -v keelson-grow >/dev/null || keelson-grow ${quote(folder)}`;

/** What must hold before anything is touched. */
async function review(
  ssh: Ssh,
  node: NodeSettings,
  state: MachineState,
  options: ApplyOptions,
): Promise<void> {
  const { machine } = ssh;
  if (state.phase !== 'nixos')
    throw new KeelsonError(`Machine "${machine.name}"`, [
      { where: 'system', message: `is no NixOS yet (${state.phase}); wait for it with waitForMachine()` },
    ]);
  requireKey(node, await connectionKey(ssh));
  // Before the first confirmation no k3s has run that could be upgraded.
  if (state.tree === undefined || state.k3s === undefined) return;
  for (const { what, source } of k3sUpgrade(state.k3s, node.versions.k3s))
    options.report?.(`${machine.name}: ${state.k3s} → ${node.versions.k3s}: ${what} (${source})`);
}

/**
 * From a droplet that has just been made to a machine that is ready for workloads. To be called again after whatever
 * interrupted it: it goes on where the machine is.
 *
 * @throws KeelsonError as {@link waitForMachine} and {@link applyConfiguration} do.
 */
export async function bringUp(
  machine: SshMachine,
  node: NodeSettings,
  secrets: MachineSecrets,
  options: ApplyOptions & Pick<ReadyOptions, 'within'> = {},
): Promise<Applied> {
  const { report, signal, within, pause } = options;
  return await withConnections(async (connections) => {
    const waiting = { connections, report, signal, within, pause };
    await waitForMachine(machine, { ...waiting, until: 'nixos' });
    const applied = await applyConfiguration(machine, node, secrets, { ...options, connections });
    await waitForMachine(machine, { ...waiting, until: 'k3s' });
    report?.(`${machine.name}: ready`);
    return applied;
  }, options.connections);
}
