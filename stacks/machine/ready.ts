import { setTimeout as sleep } from 'node:timers/promises';
import { KeelsonError } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { type MachineState, machineState } from './machine-state.js';
import { type Ssh, type SshOptions, withSsh } from './ssh.js';
import { SshError } from './ssh-error.js';
import { loginCommand, type SshMachine } from './ssh-machine.js';

export interface ReadyOptions extends SshOptions {
  /** `nixos`: it can be given its configuration; `k3s`: it is ready for workloads. @default k3s */
  readonly until?: 'nixos' | 'k3s';
  /** Milliseconds. @default 30 minutes; 5 to 10 are usual */
  readonly within?: number;
  /** Milliseconds between two looks. @default 5000 */
  readonly pause?: number;
  /** Milliseconds for which "permission denied" may be the machine that has no keys yet. @default 3 minutes */
  readonly keysWithin?: number;
  readonly report?: Report;
}

/**
 * Waits for a machine that is being made or restarts: SSH, NixOS, and k3s' own readiness.
 *
 * @throws KeelsonError where its installation failed, with the end of its log; where it does not come in time, with the
 *   ways to look at it; SshError for what waiting does not mend, such as a host key that changed.
 */
export async function waitForMachine(machine: SshMachine, options: ReadyOptions = {}): Promise<MachineState> {
  return await withSsh(machine, options, (ssh) => wait(ssh, options));
}

async function wait(ssh: Ssh, options: ReadyOptions): Promise<MachineState> {
  const { until = 'k3s', within = 30 * 60_000, pause = 5000, keysWithin = 3 * 60_000, report } = options;
  const { machine, signal } = ssh;
  const started = Date.now();
  let last = '';
  const say = (text: string): void => {
    if (text !== last) report?.(`${machine.name}: ${text}`);
    last = text;
  };
  for (;;) {
    try {
      const state = await machineState(ssh);
      if (state.phase === 'failed') throw failed(machine, state);
      if (state.phase === 'nixos' && (until === 'nixos' || state.ready)) return state;
      say(progress(state));
      // It restarts on its way, and a connection would be lost without a word.
      if (state.phase !== 'nixos') await ssh.reconnect();
    } catch (error) {
      if (!(error instanceof SshError)) throw error;
      const early = error.fault === 'permission denied' && Date.now() - started < keysWithin;
      if (!error.passing && !early) throw error;
      say(`not reachable yet (${error.fault})`);
    }
    if (Date.now() - started + pause > within) throw late(machine, within, last, until);
    await sleep(pause, undefined, { signal });
  }
}

const progress = ({ phase, detail }: MachineState): string =>
  phase === 'nixos' ? 'NixOS runs, k3s is not ready yet' : `becoming NixOS${detail && `: ${detail}`}`;

const failed = (machine: SshMachine, { detail }: MachineState): KeelsonError =>
  new KeelsonError(`Machine "${machine.name}"`, [
    {
      where: 'installation',
      message: `failed, and it is Ubuntu still:\n${indented(detail)}\n  log in with: ${loginCommand(machine)}`,
    },
  ]);

const late = (machine: SshMachine, within: number, last: string, until: 'nixos' | 'k3s'): KeelsonError =>
  new KeelsonError(`Machine "${machine.name}"`, [
    {
      where: 'ready',
      message: [
        `not within ${Math.round(within / 1000)} s; last seen: ${last || 'nothing'}. Nothing was changed; run it again to wait on. To look at it:`,
        `    the installation: ${loginCommand(machine, 'tail -n 50 /var/log/keelson-infect.log')}`,
        ...(until === 'k3s' ? [`    k3s: ${loginCommand(machine, 'journalctl -u k3s -e --no-pager')}`] : []),
        '    without SSH: the recovery console of the droplet, in DigitalOcean’s control panel',
      ].join('\n'),
    },
  ]);

const indented = (text: string): string => text.replaceAll(/^/gm, '    ');
