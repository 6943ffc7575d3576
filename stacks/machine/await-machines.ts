import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import type { MachineState } from './machine-state.js';
import { type ReadyOptions, waitForMachine } from './ready.js';
import type { SshMachine } from './ssh-machine.js';

/** A machine that is waited for. */
export interface AwaitedMachine {
  readonly machine: SshMachine;
  /** It was confirmed once: where it does not answer, it is not on its way. @default false */
  readonly confirmed?: boolean;
}

export interface AwaitOptions
  extends Pick<ReadyOptions, 'within' | 'pause' | 'report' | 'signal' | 'connections'> {
  /** Milliseconds for a machine that was confirmed once. @default 2 minutes: as long as a restart takes */
  readonly confirmedWithin?: number;
  /** How to go on without a machine that does not come. @default nothing is said of it */
  readonly goOn?: (machine: string) => Problem;
}

/**
 * Waits until all of them are NixOS. The first that fails ends the waiting for the others.
 *
 * @returns what each is, by its name
 * @throws KeelsonError of the one that failed, with the way on.
 */
export async function awaitMachines(
  machines: readonly AwaitedMachine[],
  options: AwaitOptions,
): Promise<ReadonlyMap<string, MachineState>> {
  const { within, confirmedWithin = 2 * 60_000, goOn, pause, report, signal, connections } = options;
  const over = new AbortController();
  const until = AbortSignal.any([over.signal, ...(signal ? [signal] : [])]);
  const states = new Map<string, MachineState>();
  const wait = async ({ machine, confirmed = false }: AwaitedMachine): Promise<void> => {
    const limit = confirmed ? confirmedWithin : within;
    try {
      const waiting = { until: 'nixos', within: limit, pause, report, signal: until, connections } as const;
      states.set(machine.name, await waitForMachine(machine, waiting));
    } catch (error) {
      over.abort(isLate(error) && goOn ? withWayOn(error, goOn(machine.name)) : error);
    }
  };
  await Promise.all(machines.map(wait));
  over.signal.throwIfAborted();
  return states;
}

/** Whether it is about the time; what else is wrong with a machine has a way on of its own. */
const isLate = (error: unknown): error is KeelsonError =>
  error instanceof KeelsonError && error.problems[0]?.where === 'ready';

const withWayOn = ({ subject, problems }: KeelsonError, way: Problem): KeelsonError =>
  new KeelsonError(subject, [...problems, way]);
