import { KeelsonError } from '../../lib/config/problem.js';
import { loginCommand, quote, type SshMachine } from './ssh-machine.js';

export type SshFault =
  | 'no ssh'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'unknown name'
  | 'permission denied'
  | 'host key changed'
  | 'unusable key'
  | 'port in use'
  | 'lost'
  | 'other';

/** Beginnings matter: the first that is found tells the fault. */
const FAULTS: readonly (readonly [SshFault, RegExp])[] = [
  ['host key changed', /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed/],
  [
    'unusable key',
    /UNPROTECTED PRIVATE KEY FILE|error in libcrypto|Load key .*: (?!Permission denied)|Identity file .* not accessible/,
  ],
  ['permission denied', /Permission denied \(/],
  ['port in use', /cannot listen to port|Could not request local forwarding/],
  ['refused', /Connection refused/],
  ['unknown name', /Could not resolve hostname/],
  ['unreachable', /No route to host|Network is unreachable/],
  ['timeout', /timed out/],
  ['lost', /not responding|Connection (closed|reset)|Broken pipe|kex_exchange_identification|disconnect/i],
];

/** Faults that go by themselves while a machine starts. */
const PASSING: readonly SshFault[] = ['refused', 'timeout', 'unreachable', 'unknown name', 'lost', 'other'];

/** SSH itself failed: whatever was to be run may or may not have been. */
export class SshError extends KeelsonError {
  override readonly name = 'KeelsonError';
  /** Whether the same may work a moment later. */
  readonly passing: boolean;

  constructor(
    machine: SshMachine,
    readonly fault: SshFault,
    stderr: string,
  ) {
    super(`SSH to ${machine.name} (${machine.address}:${machine.port ?? 22})`, [
      { where: fault, message: explanation(machine, fault, stderr) },
    ]);
    this.passing = PASSING.includes(fault);
  }
}

/** What `ssh` said before it ended with 255. */
export function sshError(machine: SshMachine, stderr: string): SshError {
  const [fault] = FAULTS.find(([, pattern]) => pattern.test(stderr)) ?? ['other' as const];
  return new SshError(machine, fault, stderr);
}

function explanation(machine: SshMachine, fault: SshFault, stderr: string): string {
  const { address, port = 22, user = 'root', identity = 'own' } = machine;
  switch (fault) {
    case 'no ssh':
      return 'there is no command "ssh"; install OpenSSH: apt-get install openssh-client';
    case 'refused':
      return `nothing listens on port ${port}: the machine is starting, or sshd is not running; wait, then look at it on the provider's console`;
    case 'timeout':
    case 'unreachable':
      return `no answer from ${address}: it is off or starting, the address is wrong, or a firewall is in between: yours must be among operatorCidrs`;
    case 'unknown name':
      return `there is no address for "${address}"; check the name, or wait for its DNS record`;
    case 'permission denied':
      return `the machine does not let ${user} in with ${keyText(identity)}; its keys are sshKeys of the node.json that was last confirmed, and the bootstrap key before that`;
    case 'unusable key':
      return `${keyText(identity)} cannot be used: ${lastLine(stderr)}; give an unencrypted OpenSSH private key that only you may read (chmod 600), or one that your SSH agent holds`;
    case 'host key changed':
      return hostKeyChanged(machine, stderr);
    case 'port in use':
      return 'the local port of the forward is taken by another program';
    case 'lost':
      return 'the connection was cut; the machine may have restarted, or the network between failed; run it again';
    case 'other':
      return `${lastLine(stderr) || 'ended without a word'}; look closer: ${loginCommand(machine)}`;
  }
}

function hostKeyChanged({ name, address, knownHosts }: SshMachine, stderr: string): string {
  const [shown = 'another key'] = /SHA256:[\w+/]+/.exec(stderr) ?? [];
  return [
    `the machine at ${address} shows ${shown}, and not the host key that ${knownHosts} remembers for ${name}.`,
    'It was made anew, or somebody answers in its place. Two ways on:',
    `(1) it was made anew, and its console shows the same with "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub": forget the old key with: ssh-keygen -R ${quote(name)} -f ${quote(knownHosts)}`,
    '(2) it was not: send nothing, and find out who has that address.',
  ].join(' ');
}

const keyText = (identity: SshMachine['identity']): string =>
  typeof identity !== 'object'
    ? 'your own keys'
    : 'file' in identity
      ? `the key in ${identity.file}`
      : 'the machine’s own key';

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';
