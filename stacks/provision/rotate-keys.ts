import { randomBytes } from 'node:crypto';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { previewStack } from '../deploy.js';
import { withSsh } from '../machine/ssh.js';
import { SshError } from '../machine/ssh-error.js';
import type { ClusterToMake } from './cluster-to-make.js';
import { configurationChanges, configurationsOf } from './configurations.js';
import { configureMachines } from './configure-machines.js';
import { keepOutputs } from './keep-outputs.js';
import { machinesProgram } from './machines-program.js';
import { machinesOptions, readMade } from './machines-run.js';
import { type MachineKeys, type Made, newKeys } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';
import { sshMachines } from './ssh-machines.js';

export interface RotateKeysOptions extends ProvisionOptions {
  /** Other tokens of k3s as well, for which k3s starts anew on every machine. @default false */
  readonly tokens?: boolean;
}

/**
 * Gives a cluster's machines another key of their own, and k3s other tokens where that is asked for, without touching a
 * droplet. The state has both until every machine has the new one alone, so the same call goes on after whatever
 * interrupted it, and an up in between does no harm.
 *
 * @throws KeelsonError before anything changes where edits of the application wait for an up, or a machine was never
 *   configured; later for a machine that fails
 */
export async function rotateKeys(cluster: ClusterToMake, options: RotateKeysOptions): Promise<void> {
  const made = await readMade(cluster, options);
  await refuseWaitingEdits(cluster, made, options);
  await replaceKeys(cluster, made, options, (now) => {
    const configured = now.formerKeys ? now.configured : configurationsOf(cluster, now, options);
    return keepOutputs(cluster, { ...now, configured }, options);
  });
}

/** @param keep writes into the state what it is given */
export async function replaceKeys(
  cluster: ClusterToMake,
  made: Made,
  options: RotateKeysOptions,
  keep: (made: Made) => Promise<void>,
): Promise<void> {
  const { tokens = false, report } = options;
  const keys = requireConfigured(cluster, made);
  const begun = made.formerKeys;
  if (begun !== undefined) {
    report?.(`${cluster.name}: goes on with keys that were made before`);
    await finish(cluster, made, options, keep);
    if (!tokens || begun.token !== keys.token) return;
  }
  const next = newKeys(cluster.name, () => randomBytes(32).toString('hex'));
  const { token, agentToken } = tokens ? next : keys;
  const both = { ...made, keys: { ...next, token, agentToken }, formerKeys: keys };
  await keep(both);
  report?.(`${cluster.name}: new keys are in the state, beside the former`);
  await finish(cluster, both, options, keep);
}

/** Each step may be done a second time; between any two of them the state's keys let in everywhere. */
async function finish(
  cluster: ClusterToMake,
  both: Made,
  options: RotateKeysOptions,
  keep: (made: Made) => Promise<void>,
): Promise<void> {
  const { formerKeys: _, ...alone } = both;
  await configureMachines(cluster, both, options);
  await requireNewKey(alone, options);
  await configureMachines(cluster, alone, options);
  await keep(alone);
}

/** Over connections that know nothing but the new key. */
async function requireNewKey(alone: Made, options: RotateKeysOptions): Promise<void> {
  const problems = await Promise.all(
    sshMachines(alone, options).map(async ({ hostname, machine }): Promise<Problem[]> => {
      try {
        await withSsh(machine, options, (ssh) => ssh.run('true', { what: 'log in', fresh: true }));
        return [];
      } catch (error) {
        if (!(error instanceof SshError)) throw error;
        return error.problems.map(({ message }) => ({ where: hostname, message }));
      }
    }),
  );
  if (problems.flat().length > 0)
    throw new KeelsonError('The new key, before which the former is not removed', problems.flat());
}

/** @returns the keys of machines that were all configured with them */
function requireConfigured({ name }: ClusterToMake, { keys, machines, hostKeys }: Made): MachineKeys {
  const never = machines.filter(({ hostname, address }) => hostKeys[hostname]?.address !== address);
  if (keys !== undefined && machines.length > 0 && never.length === 0) return keys;
  const what = never.map(({ hostname }) => hostname).join(', ') || 'are none';
  throw new KeelsonError(`Cluster "${name}"`, [
    {
      where: 'machines',
      message: `${what}: only machines that were configured once are given other keys; first: keelson up`,
    },
  ]);
}

/** They would come along unseen. */
async function refuseWaitingEdits(
  cluster: ClusterToMake,
  made: Made,
  options: RotateKeysOptions,
): Promise<void> {
  const { keys } = made;
  if (keys === undefined) return;
  const { files, sizes } = options;
  const { changes } = await previewStack({
    ...machinesOptions(cluster, options),
    program: async () => machinesProgram(cluster, { ...made, keys, files, sizes, priced: () => {} }),
  });
  // A rotation that was begun has changed them itself.
  const edits = made.formerKeys ? [] : configurationChanges(cluster, made, options);
  const waiting = [...changes.map(({ kind, name }) => `${kind} ${name}`), ...edits];
  if (waiting.length === 0) return;
  throw new KeelsonError(`Cluster "${cluster.name}"`, [
    {
      where: 'machines',
      message: `are not what the application says, and that would change with the keys; first: keelson up. It would change: ${waiting.join('; ')}`,
    },
  ]);
}
