import { join } from 'node:path';
import { KeelsonError, type Problem } from '../../lib/config/problem.js';
import { runKubectl } from '../machine/kubectl.js';
import { machineState } from '../machine/machine-state.js';
import { waitForMachine } from '../machine/ready.js';
import { RemoteError } from '../machine/remote-error.js';
import { placeToken, restartK3s } from '../machine/server-token.js';
import { type Ssh, withSsh } from '../machine/ssh.js';
import { loginCommand, quote, type SshMachine } from '../machine/ssh-machine.js';
import type { ReachableMachine } from '../provision/ssh-machines.js';
import { unseal } from './age.js';
import type { PartOf } from './backup-folder.js';
import { receiveSnapshot, removeReceived } from './etcd-snapshot.js';
import type { RestoreOptions } from './restore.js';

interface StoreOptions extends Pick<RestoreOptions, 'folder' | 'identity' | 'signal' | 'report'> {
  /** The server tokens: that of its time opens the snapshot, and the cluster has the current one in the end. */
  readonly tokens: { readonly ofSnapshot: string; readonly current: string };
}

const START = 'systemctl start --no-block k3s.service';
const LOOK = 'journalctl -u keelson-restore -u k3s -e --no-pager';

/**
 * One server takes the snapshot while the others stand still; these join it anew.
 *
 * @throws KeelsonError with nothing changed where a machine does not answer; later with the commands of the way back
 */
export async function restoreStore(
  ssh: Ssh,
  machines: readonly ReachableMachine[],
  { file, name }: PartOf<'snapshot'>,
  { folder, identity, signal, report, tokens }: StoreOptions,
): Promise<void> {
  const servers = machines.filter(({ role, clusterInit }) => role === 'server' && !clusterInit);
  const agents = machines.filter(({ role }) => role === 'agent');
  const on = ({ machine }: ReachableMachine, command: string, what: string) =>
    withSsh(machine, { signal }, (other) => other.run(command, { what }));
  await requireAll([...servers, ...agents], signal);
  /** What brings a server back to what it had; this one comes first. */
  const back = new Map([ssh.machine, ...servers.map(({ machine }) => machine)].map((one) => [one, START]));
  const undoable = async (machine: SshMachine, work: () => Promise<{ readonly stdout: string }>) => {
    back.set(machine, LOOK);
    try {
      back.set(machine, (await work()).stdout.trim());
    } catch (error) {
      if (error instanceof RemoteError)
        back.set(machine, /The way back: (.*)/.exec(error.output)?.[1] ?? START);
      throw error;
    }
  };
  const wayBack = (): Problem => ({
    where: 'the way back',
    message: [
      'mend it and restore again; or have what was there before, on every server:',
      ...[...back].map(([machine, command]) => `    ${loginCommand(machine, command)}`),
    ].join('\n'),
  });
  try {
    const path = await unseal(join(folder, file), identity, (from) => receiveSnapshot(ssh, name, from));
    await standStill(servers, signal);
    report?.(`${ssh.machine.name}: takes the snapshot`);
    await explained(wayBack, () =>
      undoable(ssh.machine, () =>
        withItsToken(ssh, tokens, () => ssh.run(`keelson-restore ${quote(path)}`, { what: 'restore' })),
      ),
    );
  } finally {
    await removeReceived(ssh);
  }
  await explained(wayBack, async () => {
    await admit(ssh, machines);
    for (const server of servers) {
      report?.(`${server.hostname}: joins again`);
      await undoable(server.machine, () => on(server, 'keelson-restore --join', 'join'));
    }
    for (const agent of agents)
      await on(agent, 'timeout 300 systemctl restart k3s.service', 'start k3s anew');
  });
}

/**
 * The snapshot opens with the token of its time. What it holds is given the one of now before another server joins; where
 * that fails the machine has that of now again, which opens what was there before.
 */
async function withItsToken<T>(
  ssh: Ssh,
  { ofSnapshot, current }: StoreOptions['tokens'],
  restore: () => Promise<T>,
): Promise<T> {
  if (ofSnapshot === current) return await restore();
  try {
    await placeToken(ssh, ofSnapshot, false);
    const restored = await restore();
    await placeToken(ssh, current, true);
    await restartK3s(ssh);
    await waitForMachine(ssh.machine, { signal: ssh.signal, within: 300_000 });
    return restored;
  } catch (error) {
    await placeToken(ssh, current, false);
    throw error;
  }
}

/** @throws KeelsonError that names each machine that does not answer, before anything has changed */
async function requireAll(machines: readonly ReachableMachine[], signal?: AbortSignal): Promise<void> {
  const problems = await Promise.all(
    machines.map(async ({ hostname, machine }): Promise<Problem[]> => {
      try {
        const { phase } = await withSsh(machine, { signal }, (ssh) => machineState(ssh));
        return phase === 'nixos' ? [] : [{ where: hostname, message: 'is no NixOS yet; first: keelson up' }];
      } catch (error) {
        if (!(error instanceof KeelsonError)) throw error;
        return error.problems.map(({ message }) => ({ where: hostname, message }));
      }
    }),
  );
  if (problems.flat().length > 0)
    throw new KeelsonError('The restore, before which every machine has to answer', problems.flat());
}

/** All of them, or none: those that were stopped go on where another one cannot be. */
async function standStill(servers: readonly ReachableMachine[], signal?: AbortSignal): Promise<void> {
  const asked: ReachableMachine[] = [];
  try {
    for (const server of servers) {
      asked.push(server);
      await withSsh(server.machine, { signal }, (ssh) =>
        ssh.run('systemctl stop k3s.service', { what: 'stop k3s' }),
      );
    }
  } catch (error) {
    // Without the signal: who has ended the restore does not want the cluster down.
    const started = await Promise.allSettled(
      asked.map(({ machine }) => withSsh(machine, {}, (ssh) => ssh.run(START, { what: 'start k3s' }))),
    );
    const down = asked.filter((_, index) => started[index]?.status === 'rejected');
    const commands = down.map(({ machine }) => `\n    ${loginCommand(machine, START)}`).join('');
    throw withProblem(error, {
      where: 'restore',
      message: `nothing was restored; ${commands ? `start k3s where it may stand still:${commands}` : 'k3s goes on everywhere'}`,
    });
  }
}

async function explained(problem: () => Problem, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw withProblem(error, problem());
  }
}

const withProblem = (error: unknown, problem: Problem): unknown =>
  error instanceof KeelsonError ? new KeelsonError(error.subject, [...error.problems, problem]) : error;

/**
 * The store remembers the machines of its time: a new one of the same name is not let in before its password is
 * forgotten, and one that is gone stays as a node that nothing runs on.
 *
 * @see https://docs.k3s.io/cli/etcd-snapshot#restoring-to-new-hosts
 */
async function admit(ssh: Ssh, machines: readonly ReachableMachine[]): Promise<void> {
  const names = machines.map(({ hostname }) => hostname);
  const passwords = names.map((name) => `${name}.node-password.k3s`).join(' ');
  await runKubectl(ssh, `delete secret --namespace=kube-system --ignore-not-found ${passwords}`, {
    what: 'let the machines in',
  });
  const { stdout } = await runKubectl(ssh, 'get nodes --output=name', { what: 'look for nodes' });
  const gone = stdout
    .split('\n')
    .map((line) => line.replace(/^node\//, '').trim())
    .filter((name) => name !== '' && !names.includes(name));
  if (gone.length > 0)
    await runKubectl(ssh, `delete node --ignore-not-found ${gone.map(quote).join(' ')}`, {
      what: 'forget nodes that are gone',
    });
}
