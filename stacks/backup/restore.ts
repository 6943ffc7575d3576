import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import { KeelsonError } from '../../lib/config/problem.js';
import { holdingState } from '../held-state.js';
import { k3sUpgrade } from '../machine/k3s-upgrade.js';
import { machineState } from '../machine/machine-state.js';
import { withSsh } from '../machine/ssh.js';
import type { ClusterToMake } from '../provision/cluster-to-make.js';
import { machinesOptions, readMade } from '../provision/machines-run.js';
import type { ProvisionOptions } from '../provision/provision-options.js';
import { sshMachines } from '../provision/ssh-machines.js';
import { changeState } from '../state-change.js';
import { type Checkpoint, findState, holdsResources } from '../state-export.js';
import { openStack } from '../workspace.js';
import { unseal } from './age.js';
import { stacksOf } from './backup.js';
import { type BackupIndex, type BackupPart, type PartOf, readBackup } from './backup-folder.js';
import { remakeLocalVolumes } from './local-volumes.js';
import { podDumps, receiveDump } from './pod-dumps.js';
import { restoreStore } from './restore-store.js';

export interface RestoreOptions extends ProvisionOptions {
  /** Of the backup. */
  readonly folder: string;
  /** File with the private key of a recipient. */
  readonly identity: string;
}

const tokensSchema = v.object({ token: v.string() });

/**
 * Gives stacks that have nothing in them the state that they had: the way to the machines of a cluster whose state is
 * lost, and to their keys. Nothing else is touched.
 *
 * @returns names of the stacks that have their state again, and of those that have one of their own and keep it
 */
export async function restoreStates(
  cluster: ClusterToMake,
  options: RestoreOptions,
): Promise<{ readonly restored: readonly string[]; readonly kept: readonly string[] }> {
  const { folder, identity } = options;
  const { parts } = await readBackup(folder);
  const restored: string[] = [];
  const kept: string[] = [];
  for (const { stack, file } of all(parts, 'state')) {
    const own = { ...machinesOptions(cluster, options), stack };
    if (await findState(own)) {
      kept.push(stack);
      continue;
    }
    const state = (await unseal(join(folder, file), identity, json)) as Checkpoint;
    await openStack(own, async () => {});
    const now = await holdingState(own, (held) =>
      changeState(held, (found) => (holdsResources(found) ? found : state)),
    );
    (now === state ? restored : kept).push(stack);
  }
  return { restored, kept };
}

/**
 * Makes a running cluster of machines what it was at the time of a backup: its objects by the snapshot of etcd, then
 * what its pods kept, where they have nothing of that name now. What was made since is gone.
 *
 * @returns what was done with the data of each pod
 * @throws KeelsonError before anything changes, or with the step that failed
 */
export async function restore(cluster: ClusterToMake, options: RestoreOptions): Promise<readonly string[]> {
  const { folder, identity, signal, report, synthesis } = options;
  const index = await readBackup(folder);
  const made = await readMade(cluster, options);
  const machines = sshMachines(made, options);
  const first = machines.find(({ clusterInit }) => clusterInit);
  if (first === undefined || made.keys === undefined)
    throw problem(
      cluster,
      'machines',
      'are not there: bring their state back (keelson restore --state), or make new ones (keelson up)',
    );
  const tokens = { ofSnapshot: await tokenThen(cluster, index, options), current: made.keys.token };
  return await withSsh(first.machine, { signal }, async (ssh) => {
    const { k3s = '', phase } = await machineState(ssh);
    if (phase !== 'nixos') throw problem(cluster, first.hostname, 'is no NixOS yet; first: keelson up');
    // A newer k3s reads an older store, and not the other way round.
    k3sUpgrade(index.k3s, k3s);
    const [snapshot] = all(index.parts, 'snapshot');
    if (snapshot) await restoreStore(ssh, machines, snapshot, { ...options, tokens });
    await remakeLocalVolumes(ssh, machines);
    const said: string[] = [];
    const dumps = podDumps(synthesis, stacksOf(cluster, options));
    for (const { file, namespace, pod } of all(index.parts, 'data')) {
      signal?.throwIfAborted();
      const dump = dumps.find((one) => one.namespace === namespace && one.pod === pod);
      if (dump === undefined) {
        said.push(`${namespace}/${pod}: the code has no such pod any more; its data stays in ${file}`);
        continue;
      }
      report?.(`${cluster.name}: data of ${namespace}/${pod}`);
      const outcome = await unseal(join(folder, file), identity, (from) => receiveDump(ssh, dump, from));
      said.push(`${namespace}/${pod}: ${outcome || 'done'}`);
    }
    return said;
  });
}

/** The server token of its time, with which alone a snapshot opens. */
async function tokenThen(
  cluster: ClusterToMake,
  { parts }: BackupIndex,
  { folder, identity }: RestoreOptions,
): Promise<string> {
  const [part] = all(parts, 'tokens');
  if (part === undefined) throw problem(cluster, 'tokens', `are not in ${folder}`);
  return v.parse(tokensSchema, await unseal(join(folder, part.file), identity, json)).token;
}

const all = <K extends BackupPart['kind']>(parts: readonly BackupPart[], kind: K): PartOf<K>[] =>
  parts.filter((part): part is PartOf<K> => part.kind === kind);

const problem = ({ name }: ClusterToMake, where: string, message: string): KeelsonError =>
  new KeelsonError(`Cluster "${name}"`, [{ where, message }]);
