/**
 * What a login is made with:
 *
 * - a file with a private key
 * - the private key itself, a secret: it goes to an SSH agent of its own and never to a file; of several the first is
 *   offered first
 * - `own`: the operator's own SSH agent and default keys
 */
export type Identity =
  | { readonly file: string }
  | { readonly privateKey: string | readonly string[] }
  | 'own';

/** A machine as SSH sees it. */
export interface SshMachine {
  /** Its hostname. Its host key is remembered under this name, whatever address it has. */
  readonly name: string;
  /** Address or host name. */
  readonly address: string;
  /** @default 22 */
  readonly port?: number;
  /** @default root */
  readonly user?: string;
  /** @default own */
  readonly identity?: Identity;
  /** File that remembers the host keys of machines; made where it is missing. */
  readonly knownHosts: string;
}

/** Single quotes for a shell. */
export const quote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command by which a person looks at the machine. */
export function loginCommand(machine: SshMachine, command = ''): string {
  const { name, address, port = 22, user = 'root', identity = 'own', knownHosts } = machine;
  const words = [
    'ssh',
    ...(port === 22 ? [] : ['-p', `${port}`]),
    ...(typeof identity === 'object' && 'file' in identity ? ['-i', identity.file] : []),
    ...['-o', `UserKnownHostsFile=${knownHosts}`, '-o', `HostKeyAlias=${name}`],
    `${user}@${address}`,
    ...(command === '' ? [] : [command]),
  ];
  return words.map(quote).join(' ');
}
