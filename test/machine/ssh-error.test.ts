import { sshArguments } from '../../stacks/machine/ssh-arguments.js';
import { sshError } from '../../stacks/machine/ssh-error.js';
import { loginCommand, quote, type SshMachine } from '../../stacks/machine/ssh-machine.js';
import { run } from '../nixos/tools.js';

const MACHINE: SshMachine = {
  name: 'main-1',
  address: '192.0.2.7',
  identity: { file: '/home/ada/key' },
  knownHosts: '/home/ada/my team/known_hosts',
};

/** What OpenSSH writes before it ends with 255. */
const SAID = [
  ['ssh: connect to host 192.0.2.7 port 22: Connection refused', 'refused', true],
  ['ssh: connect to host 192.0.2.7 port 22: Connection timed out', 'timeout', true],
  ['Connection timed out during banner exchange', 'timeout', true],
  ['ssh: connect to host 192.0.2.7 port 22: No route to host', 'unreachable', true],
  ['ssh: Could not resolve hostname api.example.com: Name or service not known', 'unknown name', true],
  ['root@192.0.2.7: Permission denied (publickey).', 'permission denied', false],
  [
    'Load key "/home/ada/key": error in libcrypto\nroot@192.0.2.7: Permission denied (publickey).',
    'unusable key',
    false,
  ],
  [
    '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nSHA256:abc\nHost key verification failed.',
    'host key changed',
    false,
  ],
  ['kex_exchange_identification: Connection closed by remote host', 'lost', true],
  ['Timeout, server 192.0.2.7 not responding.', 'lost', true],
  ['client_loop: send disconnect: Broken pipe', 'lost', true],
  [
    'bind [127.0.0.1]:6443: Address already in use\nchannel_setup_fwd_listener_tcpip: cannot listen to port: 6443',
    'port in use',
    false,
  ],
  ['something new', 'other', true],
] as const;

test.each(SAID)('%j is "%s"', (stderr, fault, passing) => {
  expect(sshError(MACHINE, stderr)).toMatchObject({ fault, passing });
});

test('a host key that changed says which, where the old one is remembered, and both ways on', () => {
  const { message } = sshError(MACHINE, 'REMOTE HOST IDENTIFICATION HAS CHANGED!\nSHA256:abc+/x.');
  expect(message).toContain('SHA256:abc+/x,'.slice(0, -1));
  expect(message).toContain("ssh-keygen -R main-1 -f '/home/ada/my team/known_hosts'");
  expect(message).toContain('send nothing');
});

test('the command that a person is shown can be pasted', () => {
  expect(loginCommand({ ...MACHINE, port: 2222 }, 'journalctl -u k3s')).toBe(
    "ssh -p 2222 -i /home/ada/key -o 'UserKnownHostsFile=/home/ada/my team/known_hosts' -o HostKeyAlias=main-1 root@192.0.2.7 'journalctl -u k3s'",
  );
  expect(run('sh', ['-c', `printf %s ${quote("it's $HOME")}`]).stdout).toBe("it's $HOME");
});

test('nobody is asked, nothing is forwarded, no configuration is read; an address is never an option', () => {
  const args = sshArguments({ ...MACHINE, address: '-oProxyCommand=x' });
  expect(args.slice(0, 2)).toEqual(['-F', 'none']);
  expect(args).toEqual(
    expect.arrayContaining(['BatchMode=yes', 'ForwardAgent=no', 'StrictHostKeyChecking=accept-new']),
  );
  expect(args.slice(-2)).toEqual(['--', '-oProxyCommand=x']);
  expect(args).toContain('UserKnownHostsFile="/home/ada/my team/known_hosts"');
});
