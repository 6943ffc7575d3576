import { randomBytes } from 'node:crypto';
import type { EngineEvent } from '@pulumi/pulumi/automation';
import { KeelsonError } from '../../lib/config/problem.js';
import { destroyStack, previewStack, refreshStack, upStack } from '../deploy.js';
import type { DeployOptions } from '../deploy-options.js';
import { consequences } from '../digitalocean/consequences.js';
import { type PriceEstimate, priceText } from '../digitalocean/price-estimate.js';
import type { StackRun } from '../stack-run.js';
import { type ClusterToMake, machinesStack } from './cluster-to-make.js';
import { drainAgent } from './drain-agent.js';
import { halfMade, refuseHalfMade } from './half-made.js';
import { machinesProgram } from './machines-program.js';
import { madeFrom } from './made-from.js';
import { type MachineKeys, type Made, newKeys } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';
import { type StackState, stackState } from './stack-state.js';

const RUN = { preview: previewStack, up: upStack, refresh: refreshStack, destroy: destroyStack };

export type MachinesVerb = keyof typeof RUN;

/** Options of the stack that owns the cluster's machines. */
export const machinesOptions = (
  { name }: ClusterToMake,
  { progress: _, stacks: __, ...options }: ProvisionOptions,
): DeployOptions => ({ ...options, stack: machinesStack(name), createStack: true });

/** What is there of a cluster's machines. @throws DeployError where the state cannot be read */
export const readMade = async (cluster: ClusterToMake, options: ProvisionOptions): Promise<Made> =>
  madeFrom(await stackState(machinesOptions(cluster, options)));

/** Runs a verb on the stack that owns a cluster's machines. @throws DeployError */
export async function runMachines(
  verb: MachinesVerb,
  cluster: ClusterToMake,
  options: ProvisionOptions,
): Promise<StackRun> {
  const own = machinesOptions(cluster, options);
  const { tell, files, sizes, report } = options;
  const state = await stackState(own);
  if (verb === 'refresh')
    for (const one of halfMade(state)) tell(`${one}: a run was killed while it made it; it is forgotten now`);
  else refuseHalfMade(cluster, state, options);
  const made = madeFrom(state);
  const keys = made.keys ?? (await firstKeys(verb, cluster, own, state));
  // In a destroy there is nowhere to go, and no environment left.
  const leaves = (hostname: string) =>
    verb === 'up' && made.machines.some((one) => one.hostname === hostname);
  const drain = async (hostname: string): Promise<void> => {
    if (leaves(hostname)) await drainAgent(hostname, made, options);
  };
  const prices: PriceEstimate[] = [];
  const priced = (price: PriceEstimate) => void prices.push(price);
  const events: EngineEvent[] = [];
  const shown = options.machinesProgress?.(own.stack, verb);
  try {
    const run = await RUN[verb]({
      ...own,
      clearPendingCreates: true,
      program: async () => machinesProgram(cluster, { ...made, keys, files, sizes, drain, priced }),
      onEvent: (event) => {
        events.push(event);
        shown?.onEvent(event);
      },
      report: shown?.note ?? report,
    });
    shown?.finish('succeeded');
    if (verb === 'preview' || verb === 'up') {
      for (const { resource, message } of consequences(events)) tell(`${resource}: ${message}`);
      if (run.changes.length > 0) for (const price of prices) tell(priceText(price));
    }
    return run;
  } catch (error) {
    shown?.finish('failed');
    throw error;
  }
}

/**
 * The keys of machines that are not there yet. They are in the state before the first machine is made with them: one
 * whose key is lost could never be configured.
 */
async function firstKeys(
  verb: MachinesVerb,
  { name }: ClusterToMake,
  options: DeployOptions,
  { resources }: StackState,
): Promise<MachineKeys> {
  const keys = newKeys(name, () => randomBytes(32).toString('hex'));
  if (verb !== 'up') return keys;
  if (resources.length > 0)
    throw new KeelsonError(`Stack "${options.stack}"`, [
      {
        where: 'keys',
        message: `are not in its state, which has ${resources.length} resources: it is not what keelson left. Bring the state back from a backup, or from Pulumi's history`,
      },
    ]);
  const { secret } = await import('@pulumi/pulumi');
  await upStack({ ...options, program: async () => ({ keys: secret(keys) }) });
  options.report?.(
    `made keys for the machines of ${name}; they lie encrypted in the state of ${options.stack}`,
  );
  return keys;
}
