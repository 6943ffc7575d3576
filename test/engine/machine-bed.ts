import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SshMachine } from '../../stacks/machine/ssh-machine.js';
import { addScripts, unitPath } from '../nixos/machine-commands.js';
import { MachineRoot } from '../nixos/machine-root.js';
import { run } from '../nixos/tools.js';

/*
 * A machine that is a folder, behind a real SSH server on loopback. Its own scripts run for real; the commands that
 * would change a system are recorded, and do as much as the scripts notice.
 */

const SSHD = '/usr/sbin/sshd';

/** Programs of Debian's openssh-server and openssh-client that are not there. */
export const missingSsh = (): string[] =>
  [SSHD, '/usr/bin/ssh', '/usr/bin/ssh-agent'].filter((path) => !existsSync(path));

/** `describe` where the SSH server is installed; else it is skipped, and says why. */
export function describeWithSsh(): jest.Describe {
  const missing = missingSsh();
  if (missing.length === 0 && existsSync('/proc/self/task')) return describe;
  process.stderr.write(
    `machines: skipped without ${missing.join(', ') || '/proc'}; apt-get install openssh-server\n`,
  );
  return describe.skip;
}

export function makeKey(file: string, comment: string): { readonly file: string; readonly line: string } {
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() };
}

export class MachineBed {
  readonly root: MachineRoot;
  port = 0;
  private server: ChildProcess | undefined;
  private said = '';

  /** @param folder an empty one */
  constructor(
    readonly name: string,
    readonly folder: string,
    private readonly authorizedKeys: readonly string[],
  ) {
    mkdirSync(join(folder, 'root'));
    this.root = new MachineRoot(join(folder, 'root'));
    this.makeHostKey('host-key');
    this.system('old');
    this.system('new');
    this.prepare();
  }

  makeHostKey = (name: string): void => void makeKey(join(this.folder, name), this.name);

  machine = (more: Partial<SshMachine> = {}): SshMachine => ({
    name: this.name,
    address: '127.0.0.1',
    port: this.port,
    user: userInfo().username,
    knownHosts: join(this.folder, '..', 'known_hosts'),
    ...more,
  });

  async start(hostKey = 'host-key'): Promise<void> {
    this.port ||= await freePort();
    const file = (name: string, text: string): string => {
      writeFileSync(join(this.folder, name), text, { mode: 0o700 });
      return join(this.folder, name);
    };
    const { root } = this.root;
    const command = file(
      'command',
      `#!/bin/bash
export KEELSON_ROOT='${root}' CALLS='${root}/.calls' PATH='${root}/.commands':"$PATH"
printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >>'${root}/.commands-asked'
eval "$SSH_ORIGINAL_COMMAND"
`,
    );
    // The default key exchange, which is post-quantum, takes two fifths of a login's time.
    // A home of its own: a shell behind SSH reads what it finds in one, and that is the machine's, not the tester's.
    const configuration = file(
      'sshd_config',
      `Port ${this.port}
ListenAddress 127.0.0.1
HostKey ${join(this.folder, hostKey)}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile ${file('authorized_keys', `${this.authorizedKeys.join('\n')}\n`)}
ForceCommand ${command}
SetEnv HOME=${this.folder}
KexAlgorithms curve25519-sha256
MaxStartups 100
MaxSessions 50
`,
    );
    // Where Debian's own service makes it; needed by an SSH server of root's.
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    // Without -r, or with an OpenSSH that has given it up, each connection starts the program anew.
    this.server = spawn(SSHD, ['-D', '-e', '-r', '-f', configuration], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.server.stderr?.on('data', (text) => {
      this.said += text;
    });
    for (let tries = 0; !(await answers(this.port)); tries += 1) {
      if (tries > 400) throw new Error(`sshd does not answer: ${this.said}`);
      await sleep(25);
    }
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    kill(childrenOf(server.pid ?? 0));
    server.kill('SIGKILL');
    await gone;
    for (const file of ['.timer', '.activation'])
      if (this.root.exists(file)) spawnSync('kill', ['--', `-${this.root.read(file).trim()}`]);
  }

  /** How many logins there were. */
  get logins(): number {
    return this.said.match(/^Accepted publickey /gm)?.length ?? 0;
  }

  /** Cuts every connection, as a network does that fails. */
  cut(): number {
    return kill(childrenOf(this.server?.pid ?? 0));
  }

  /** A system of the store. @param body what its activation does before it is the current one */
  system(name: string, body = ''): void {
    this.root.script(
      `nix/store/${name}/bin/switch-to-configuration`,
      `echo "${name} $1" >>"$CALLS"\n${body}\n[ "$1" != test ] || ln -sfn "$KEELSON_ROOT/nix/store/${name}" "$KEELSON_ROOT/run/current-system"`,
    );
  }

  /** From its next activation on it lets in whom its configuration names. */
  followKeys(): void {
    const names = `sed -n 's/^ *"\\(ssh-ed25519 [^"]*\\)".*/\\1/p' "$tree/node.json"`;
    this.system(
      'new',
      `[ "$1" != test ] || { tree=$(cat "$KEELSON_ROOT/var/lib/keelson/build/tree"); ${names} >'${join(this.folder, 'authorized_keys')}'; }`,
    );
  }

  /** What k3s answers; where it is another the machine is not ready. */
  ready(value: boolean): void {
    this.root.command(
      'k3s',
      `case "$*" in *"get --raw /readyz") ${value ? 'exit 0' : 'exit 1'} ;; esac\n[ ! -e "$KEELSON_ROOT/k3s-does" ] || . "$KEELSON_ROOT/k3s-does"`,
    );
  }

  /** The machine as it is after its installation. */
  private prepare(): void {
    const { root } = this;
    mkdirSync(join(root.root, 'run'));
    symlinkSync(join(root.root, 'nix/store/old'), join(root.root, 'run/current-system'));
    root.write('etc/NIXOS', '');
    root.write('etc/nixos/hardware-configuration.nix', '{ hardware = 1; }');
    root.write('etc/nixos/networking.nix', '{ network = 1; }');
    root.write('etc/rancher/k3s/k3s.yaml', KUBECONFIG);
    root.command(
      'nixos-rebuild',
      `echo "building '/nix/store/new'" >&2\nln -s "$KEELSON_ROOT/nix/store/new" result`,
    );
    root.command('nix-channel');
    root.command('nix-env');
    root.command('findmnt', 'echo /dev/sda');
    root.command('resize2fs');
    root.command(
      'systemctl',
      `[ ! -e "$KEELSON_ROOT/systemctl-does" ] || . "$KEELSON_ROOT/systemctl-does"
case "$*" in
*is-active*keelson-activate*) [ -e "$KEELSON_ROOT/.activation" ] ;;
'stop keelson-rollback.timer') [ ! -e "$KEELSON_ROOT/.timer" ] || { kill -- "-$(cat "$KEELSON_ROOT/.timer")" || true; rm -f "$KEELSON_ROOT/.timer"; } ;;
esac`,
    );
    root.command('systemd-run', systemdRun(unitPath(root)));
    addScripts(root);
    this.ready(true);
  }
}

/** A timer is one that fires; what it starts is outside of the connection, and has nothing but systemd's PATH. */
const systemdRun = (path: string): string => `unit= delay=
while [[ $1 == --* ]]; do
  case "$1" in --unit=*) unit=\${1#--unit=} ;; --on-active=*) delay=\${1#--on-active=} ;; esac
  shift
done
set -- env -i KEELSON_ROOT="$KEELSON_ROOT" CALLS="$CALLS" PATH='${path}' "$@"
if [ -n "$delay" ]; then
  setsid bash -c 'echo $$ >"$KEELSON_ROOT/.timer"; sleep "$0"; rm -f "$KEELSON_ROOT/.timer"; "$@"' "$delay" "$@" </dev/null >/dev/null 2>&1 &
  until [ -e "$KEELSON_ROOT/.timer" ]; do sleep 0.01; done
elif [ "$unit" = keelson-activate ]; then
  setsid --wait bash -c 'echo $$ >"$KEELSON_ROOT/.activation"; status=0; "$@" || status=$?; rm -f "$KEELSON_ROOT/.activation"; exit $status' activate "$@" </dev/null >/dev/null 2>&1
else
  setsid --wait "$@" </dev/null >/dev/null 2>&1
fi`;

/** As k3s writes it. */
export const KUBECONFIG = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: Y2EtZGF0YQ==
    server: https://127.0.0.1:6443
  name: default
contexts:
- context:
    cluster: default
    user: default
  name: default
current-context: default
kind: Config
preferences: {}
users:
- name: default
  user:
    client-certificate-data: Y2VydC1kYXRh
    client-key-data: a3ViZWNvbmZpZy1wcml2YXRlLWtleQ==
`;

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

/** How many it killed: a connection may end by itself between being listed and being killed. */
function kill(pids: readonly number[]): number {
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }).length;
}

/** The processes of a server for its connections. */
function childrenOf(pid: number): number[] {
  const text = existsSync(`/proc/${pid}/task/${pid}/children`)
    ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    : '';
  return text.split(' ').filter(Boolean).map(Number);
}
