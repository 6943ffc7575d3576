import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import type { NodeSettings } from '../../lib/machine/node.js';
import { type Applied, type ApplyOptions, bringUp } from './apply-configuration.js';
import { type MachineState, machineState } from './machine-state.js';
import { type ReadyOptions, waitForMachine } from './ready.js';
import type { MachineSecrets } from './secrets.js';
import { withSsh } from './ssh.js';
import { SshError } from './ssh-error.js';
import { loginCommand, type SshMachine } from './ssh-machine.js';

/** A machine of a cluster and what it is to be. */
export interface ClusterMachine {
  readonly machine: SshMachine;
  readonly node: NodeSettings;
  readonly secrets: MachineSecrets;
}

/**
 * The servers, one by one, then the agents, in the order that is given; the machine that begins the cluster first.
 * Before each of them every other machine that was ever confirmed has to be ready: three servers do without one, and
 * not without two. Those that are new are waited for, and do not count before their turn.
 *
 * @returns what was applied, by the machine's name
 * @throws KeelsonError naming the machine that is not healthy and those that were not touched.
 */
export async function rollingUpdate(
  machines: readonly ClusterMachine[],
  options: ApplyOptions & Pick<ReadyOptions, 'within'> = {},
): Promise<ReadonlyMap<string, Applied>> {
  const order = [...machines].sort((one, other) => rank(one.node) - rank(other.node));
  const { within, pause, report, signal } = options;
  const coming = { until: 'nixos', within, pause, report, signal } as const;
  await Promise.all(order.map(({ machine }) => waitForMachine(machine, coming)));
  const applied = new Map<string, Applied>();
  for (const [index, { machine, node, secrets }] of order.entries()) {
    const others = order.filter((other) => other.machine !== machine);
    const untouched = order.slice(index).map((one) => one.machine.name);
    await requireHealthy(others, untouched, options);
    try {
      applied.set(machine.name, await bringUp(machine, node, secrets, options));
    } catch (error) {
      throw stopped(error, untouched.slice(1));
    }
  }
  return applied;
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
