import type { SshMachine } from './ssh-machine.js';

export interface SshRoute {
  /** Socket of an SSH agent that holds the machine's key. */
  readonly agent?: string;
  /** Socket of a connection that is there already. */
  readonly control?: string;
  /** Seconds. @default 15 */
  readonly connectTimeout?: number;
}

/**
 * The arguments of `ssh` up to the command. Nobody's configuration file is read, so that a run does the same for
 * everybody; nothing is asked; no agent, display or port is forwarded.
 */
export function sshArguments(machine: SshMachine, route: SshRoute = {}): string[] {
  const { name, address, port = 22, user = 'root', identity = 'own', knownHosts } = machine;
  const { agent, control, connectTimeout = 15 } = route;
  const options = {
    BatchMode: 'yes',
    // The first connection learns the host key; another one later is an error.
    StrictHostKeyChecking: 'accept-new',
    UserKnownHostsFile: path(knownHosts),
    GlobalKnownHostsFile: '/dev/null',
    HostKeyAlias: name,
    HashKnownHosts: 'no',
    UpdateHostKeys: 'no',
    ConnectTimeout: `${connectTimeout}`,
    // A connection that is silently gone is noticed after a minute.
    ServerAliveInterval: '15',
    ServerAliveCountMax: '4',
    ForwardAgent: 'no',
    ForwardX11: 'no',
    ControlMaster: 'no',
    ControlPath: control === undefined ? 'none' : path(control),
    ...(agent !== undefined && { IdentityAgent: path(agent), IdentityFile: 'none' }),
    ...(typeof identity === 'object' &&
      'file' in identity && { IdentityFile: path(identity.file), IdentitiesOnly: 'yes' }),
  };
  return [
    ...['-F', 'none', '-T', '-p', `${port}`, '-l', user],
    ...Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]),
    // An address that begins with a hyphen is none of our options.
    ...['--', address],
  ];
}

/** ssh splits paths at spaces and expands `%`. */
const path = (text: string): string => `"${text.replaceAll('%', '%%')}"`;
