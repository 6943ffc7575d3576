import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runProcess } from './run-process.js';
import { SshError } from './ssh-error.js';
import type { SshMachine } from './ssh-machine.js';

export interface IdentityAgent {
  readonly socket: string;
  close(): void;
}

/** Says which process the agent is, once it listens, and ends with its input. */
const COMMAND = ['sh', '-c', 'echo "$SSH_AGENT_PID"; exec cat >/dev/null'];

/**
 * An SSH agent that holds private keys in its memory, so that they are in no file and on no command line. It watches
 * over a command whose input we hold: where this process dies, however it dies, the agent ends within seconds.
 *
 * @param socket its path, in a folder that only we may read
 * @throws SshError where one of them is no key that can be used.
 */
export async function identityAgent(
  machine: SshMachine,
  privateKeys: readonly string[],
  socket: string,
): Promise<IdentityAgent> {
  const child = spawn('ssh-agent', ['-a', socket, ...COMMAND], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => {});
  const [pid] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]).catch(() => {
    throw new SshError(machine, 'no ssh', '');
  });
  const close = (): void => {
    child.stdin.end();
    if (Number(pid) > 1) process.kill(Number(pid));
  };
  for (const privateKey of privateKeys) {
    const { status, stderr } = await runProcess('ssh-add', ['-q', '-'], {
      env: { SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'never' },
      input: `${privateKey.trimEnd()}\n`,
    });
    if (status === 0) continue;
    close();
    throw new SshError(machine, 'unusable key', stderr);
  }
  return { socket, close };
}
