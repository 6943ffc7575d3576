import { setTimeout as sleep } from 'node:timers/promises';
import { KeelsonError } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { type MachineState, machineState, ROOT } from './machine-state.js';
import { RemoteError } from './remote-error.js';
import type { Ssh } from './ssh.js';
import { SshError } from './ssh-error.js';
import { loginCommand, quote, type SshMachine } from './ssh-machine.js';
import { type ConfigurationTree, removeOldTrees, upload } from './upload.js';

export interface UpdateOptions {
  /** Seconds after which the machine rolls back by itself what was not confirmed. @default 600 */
  readonly rollbackAfter?: number;
  /** Seconds that k3s may take to be ready with the new system. @default 180 */
  readonly readyWithin?: number;
  /** Milliseconds between two looks. @default 2000 */
  readonly pause?: number;
  /** @default nothing is said */
  readonly report?: Report;
}

/** Seconds after the rollback in which the machine should answer again. */
const GRACE = 120;

/**
 * Upload, build, try, confirm. What fails leaves the machine with the system that it had.
 *
 * @param state of the machine, as it was just now
 * @returns the store path of the new system, or undefined where this very configuration runs already
 * @throws KeelsonError that says what failed, that it was rolled back, and how to look at it.
 */
export async function update(
  ssh: Ssh,
  tree: ConfigurationTree,
  state: MachineState,
  options: UpdateOptions = {},
): Promise<string | undefined> {
  const { rollbackAfter = 600, readyWithin = 180 } = options;
  const { machine } = ssh;
  const report: Report = (text) => options.report?.(`${machine.name}: ${text}`);
  if (readyWithin >= rollbackAfter)
    throw problem(
      machine,
      'readyWithin',
      `${readyWithin} s must be less than rollbackAfter, ${rollbackAfter} s`,
    );
  if (state.trying !== undefined) throw alreadyTrying(machine, state.trying);
  if (state.tree === tree.hash) {
    report('runs this configuration already');
    return undefined;
  }
  const { folder, sent } = await upload(ssh, tree);
  report(sent ? `uploaded ${tree.count} files` : 'has these files already');
  report('builds; nothing is activated yet');
  const { stdout: built } = await ssh
    .run(`keelson-build ${quote(folder)}`, { what: 'build', onLine: report })
    .catch((error: unknown) => {
      throw explained(error, machine, 'build', (output) => [
        'failed, and nothing was activated:',
        output,
        `  to see it whole: ${loginCommand(machine, `keelson-build ${folder}`)}`,
      ]);
    });
  report(`tries it; it is rolled back unless confirmed within ${rollbackAfter} s`);
  await activate(ssh, rollbackAfter, report);
  await confirm(ssh, tree, { rollbackAfter, readyWithin, pause: options.pause ?? 2000, report });
  report('confirmed: it is the boot default');
  await removeOldTrees(ssh, tree);
  return built.trim();
}

/** An activation may cut this connection: it goes on, and the next one sees what became of it. */
async function activate(ssh: Ssh, rollbackAfter: number, report: Report): Promise<void> {
  try {
    await ssh.run(`keelson-try ${rollbackAfter}`, { what: 'try' });
  } catch (error) {
    if (!(error instanceof SshError))
      throw explained(error, ssh.machine, 'try', (output) => [
        'failed; the machine runs what it ran before:',
        output,
        `  to look at it: ${loginCommand(ssh.machine, 'journalctl -u keelson-activate -e --no-pager')}`,
      ]);
    report(`the connection broke while it was activated (${error.fault}); looking again`);
  }
}

interface Confirmation extends Required<UpdateOptions> {}

/** Over a new connection: it shows that one can still be made. */
async function confirm(ssh: Ssh, tree: ConfigurationTree, options: Confirmation): Promise<void> {
  const { rollbackAfter, readyWithin, pause, report } = options;
  const { machine, signal } = ssh;
  const limit = Date.now() + (rollbackAfter + GRACE) * 1000;
  let lost: SshError | undefined;
  for (; Date.now() < limit; await sleep(pause, undefined, { signal })) {
    try {
      await ssh.reconnect();
      const state = await machineState(ssh);
      // An earlier confirmation went through whose answer was lost.
      if (state.tree === tree.hash && state.trying === undefined) return;
      if (state.trying === undefined) throw rolledBack(machine, state, lost);
      if (state.activating) continue;
      await ssh.run(`keelson-confirm ${readyWithin}`, { what: 'confirm' });
      return;
    } catch (error) {
      if (error instanceof RemoteError) throw await rollBack(ssh, error, rollbackAfter);
      if (!(error instanceof SshError)) throw error;
      if (lost?.fault !== error.fault) report(`not reachable (${error.fault}); looking again`);
      lost = error;
    }
  }
  throw problem(
    machine,
    'confirm',
    `it has not answered since the activation (${lost?.fault ?? 'activating still'}), although it should have rolled back; a power cycle starts what it ran before. Look at it on the provider’s console`,
  );
}

/** Now, rather than when the timer is over. Outside of the connection, which it may cut. */
async function rollBack(ssh: Ssh, cause: RemoteError, rollbackAfter: number): Promise<KeelsonError> {
  const { machine } = ssh;
  const command = `systemd-run --quiet --collect --wait --unit=keelson-rollback-now "$(realpath "$(command -v keelson-rollback)")" 'it could not be confirmed'`;
  const now = `${ROOT}\n[ ! -e "$root/run/keelson/trying" ] || ${command}`;
  const done = await ssh.run(now, { what: 'rollback' }).then(
    () => true,
    () => false,
  );
  return problem(
    machine,
    'confirm',
    [
      done
        ? 'failed, and was rolled back: the machine runs what it ran before:'
        : `failed, and the machine rolls back by itself within ${rollbackAfter} s:`,
      cause.output,
      `  to look at it: ${loginCommand(machine, 'journalctl -u k3s -e --no-pager')}`,
    ].join('\n'),
  );
}

function rolledBack(
  machine: SshMachine,
  { rolledBack }: MachineState,
  lost: SshError | undefined,
): KeelsonError {
  const why = lost === undefined ? '' : ` after no connection could be made: ${lost.problems[0]?.message}`;
  return problem(
    machine,
    'confirm',
    `the machine rolled back${why} (${rolledBack ?? 'it was restarted'}). To look at it: ${loginCommand(machine, 'journalctl -u keelson-activate -u keelson-rollback -e --no-pager')}`,
  );
}

const alreadyTrying = (machine: SshMachine, system: string): KeelsonError =>
  problem(
    machine,
    'try',
    `${system} is being tried, by somebody else or a run that was cut off; wait until its timer rolls it back, or do so now: ${loginCommand(machine, 'keelson-rollback')}`,
  );

/** A failed command with words of its own; anything else as it is. */
function explained(
  error: unknown,
  machine: SshMachine,
  where: string,
  lines: (output: string) => readonly string[],
): unknown {
  return error instanceof RemoteError ? problem(machine, where, lines(error.output).join('\n')) : error;
}

const problem = (machine: SshMachine, where: string, message: string): KeelsonError =>
  new KeelsonError(`Machine "${machine.name}"`, [{ where, message }]);
