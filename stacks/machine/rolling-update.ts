import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import type { NodeSettings } from '../../lib/machine/node.js';
import type { Report } from '../../lib/progress.js';
import { type Applied, type ApplyOptions, bringUp } from './apply-configuration.js';
import { type AwaitedMachine, type AwaitOptions, awaitMachines } from './await-machines.js';
import { withConnections } from './connections.js';
import { forgetLostNode, joinLiving } from './living-cluster.js';
import { type MachineState, machineState } from './machine-state.js';
import type { MachineSecrets } from './secrets.js';
import { withSsh } from './ssh.js';
import { SshError } from './ssh-error.js';
import { loginCommand, type SshMachine } from './ssh-machine.js';
import { type ReviewedMachine, reviewUpgrades } from './upgrade-review.js';

/** A machine of a cluster and what it is to be. */
export interface ClusterMachine extends AwaitedMachine {
  readonly node: NodeSettings;
  readonly secrets: MachineSecrets;
}

/**
 * The servers, one by one, then the agents, in the order that is given; the machine that begins the cluster first.
 * Before each of them every other machine that was ever confirmed has to be ready: three servers do without one, and
 * not without two. Those that are new are waited for, and do not count before their turn. What an upgrade of k3s breaks,
 * and that none is refused, is known of all of them before the first is touched.
 *
 * @returns what was applied, by the machine's name
 * @throws KeelsonError naming the machine that is not healthy and those that were not touched.
 */
export async function rollingUpdate(
  machines: readonly ClusterMachine[],
  options: ApplyOptions & AwaitOptions = {},
): Promise<ReadonlyMap<string, Applied>> {
  return await withConnections(
    (connections) => updateAll(machines, { ...options, connections }),
    options.connections,
  );
}

async function updateAll(
  machines: readonly ClusterMachine[],
  options: ApplyOptions & AwaitOptions,
): Promise<ReadonlyMap<string, Applied>> {
  const sorted = [...machines].sort((one, other) => rank(one.node) - rank(other.node));
  const states = await awaitMachines(sorted, options);
  const review = reviewUpgrades(sorted.map((one) => stepOf(one, states)));
  for (const line of review) options.report?.(line);
  // Each machine's own update would say it once more.
  const report: Report = (line) => (review.includes(line) ? undefined : options.report?.(line));
  const order = await joinLiving(sorted, states, options);
  const living = order.find(({ machine, node }) => node.role === 'server' && states.get(machine.name)?.tree);
  const applied = new Map<string, Applied>();
  for (const [index, { machine, node, secrets }] of order.entries()) {
    const others = order.filter((other) => other.machine !== machine);
    const untouched = order.slice(index).map((one) => one.machine.name);
    await requireHealthy(others, untouched, options);
    try {
      if (living && states.get(machine.name)?.tree === undefined)
        await forgetLostNode(living.machine, node.hostname, options);
      applied.set(machine.name, await bringUp(machine, node, secrets, { ...options, report }));
    } catch (error) {
      throw stopped(error, untouched.slice(1));
    }
  }
  return applied;
}

/** Before the first confirmation no k3s has run that could be upgraded. */
function stepOf(
  { machine: { name }, node }: ClusterMachine,
  states: ReadonlyMap<string, MachineState>,
): ReviewedMachine {
  const { tree, k3s } = states.get(name) ?? {};
  return { name, from: tree === undefined ? undefined : k3s, to: node.versions.k3s };
}

const rank = ({ role, clusterInit }: NodeSettings): number => (clusterInit ? 0 : role === 'server' ? 1 : 2);

async function requireHealthy(
  machines: readonly ClusterMachine[],
  untouched: readonly string[],
  options: ApplyOptions,
): Promise<void> {
  const states = await Promise.all(machines.map(({ machine }) => stateOf(machine, options)));
  const problems = machines.flatMap(({ machine }, index): Problem[] => {
    const state = states[index];
    const healthy = !(state instanceof SshError) && (state?.ready || state?.tree === undefined);
    return healthy ? [] : [{ where: machine.name, message: unhealthy(machine, state) }];
  });
  if (problems.length > 0)
    throw new KeelsonError(`The update, which stops before ${untouched.join(', ')}`, problems);
}

/** A machine that does not answer is one more thing to report, unless it is the key or the host key. */
const stateOf = async (machine: SshMachine, options: ApplyOptions): Promise<MachineState | SshError> =>
  await withSsh(machine, options, (ssh) => machineState(ssh)).catch((error: unknown) => {
    if (error instanceof SshError) return error;
    throw error;
  });

const unhealthy = (machine: SshMachine, state: MachineState | SshError | undefined): string =>
  state instanceof SshError
    ? `cannot be asked (${state.fault}): ${state.problems[0]?.message}`
    : `k3s is not ready; mend it, or update this machine alone; to look at it: ${loginCommand(machine, 'journalctl -u k3s -e --no-pager')}`;

function stopped(error: unknown, untouched: readonly string[]): unknown {
  if (!(error instanceof KeelsonError) || untouched.length === 0) return error;
  return new KeelsonError(error.subject, [
    ...error.problems,
    { where: 'update', message: `stops here; not touched: ${untouched.join(', ')}` },
  ]);
}
