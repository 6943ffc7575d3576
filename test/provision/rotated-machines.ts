import { mkdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { withSsh } from '../../stacks/machine/ssh.js';
import { clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import { learntHostKeys } from '../../stacks/provision/host-keys.js';
import type { MachineKeys, Made } from '../../stacks/provision/made-machines.js';
import { sshMachines } from '../../stacks/provision/ssh-machines.js';
import { MachineBed } from '../engine/machine-bed.js';
import { smallApplication } from '../support/application.js';
import { ADA } from './first-server.js';

/*
 * A cluster whose SSH servers let in whom the configuration names that is active, and whose k3s starts only
 * with the token that the cluster's own data is encrypted with.
 */

const isServer = (name: string): boolean => name.includes('server');
const ADDRESS = '203.0.113.10';

/** What k3s does with its token: in `data` is the one of etcd's own, which a cluster begins with that of its first start. */
const tokens = (data: string): string => `data='${data}'
pushed=$KEELSON_ROOT/var/lib/keelson/secrets/token own=$KEELSON_ROOT/var/lib/rancher/k3s/server/token
runs=$KEELSON_ROOT/k3s-runs
start() {
  rm -f "$runs"
  [ -e "$data" ] || cp "$pushed" "$data"
  cmp -s "$pushed" "$data" || return 0
  touch "$runs"
  printf 'K10abc::server:%s\\n' "$(cat "$pushed")" >"$own"
}`;

export class RotatedMachines {
  readonly beds = new Map<string, MachineBed>();
  /** What the state has. */
  made: Made;

  private constructor(
    private readonly home: string,
    readonly names: readonly string[],
    readonly first: MachineKeys,
  ) {
    this.made = {
      keys: first,
      hostKeys: {},
      configured: {},
      machines: names.map((hostname, index) => ({
        hostname,
        role: isServer(hostname) ? 'server' : 'agent',
        clusterInit: index === 0,
        serverAddress: 'https://main-api.example.com:6443',
        privateCidr: '10.110.0.0/20',
        address: ADDRESS,
      })),
    };
  }

  static async start(home: string, names: readonly string[], keys: MachineKeys): Promise<RotatedMachines> {
    const all = new RotatedMachines(home, names, keys);
    for (const name of names) await all.boot(name);
    await all.letIn(keys);
    all.made = { ...all.made, hostKeys: learntHostKeys(all.way.knownHosts, all.made) };
    return all;
  }

  stop = async (): Promise<void> => {
    for (const bed of this.beds.values()) await bed.stop();
  };

  get cluster() {
    const machines = {
      ...{ region: 'fra1', zone: 'example.com', operatorCidrs: ['203.0.113.7/32'] },
      ...{ sshKeys: { ada: ADA }, agents: { builds: {} } },
    };
    const [main] = clustersToMake(smallApplication({ clusters: { main: { machines } } }).definition, [
      'main',
    ]);
    if (main === undefined) throw new Error('there is no cluster to make');
    return main;
  }

  /** The way of a checkout. */
  get way() {
    return {
      knownHosts: join(this.home, 'known_hosts'),
      route: (hostname: string) => ({
        user: userInfo().username,
        address: '127.0.0.1',
        port: this.beds.get(hostname)?.port ?? 0,
      }),
    };
  }

  /** Names of the machines that let these keys in. */
  async letIn(keys: MachineKeys): Promise<string[]> {
    const { formerKeys: _, ...made } = this.made;
    const names: string[] = [];
    for (const { hostname, machine } of sshMachines({ ...made, keys }, this.way)) {
      const logIn = withSsh(machine, {}, (ssh) => ssh.run('true', { what: 'log in' }));
      await logIn.then(
        () => names.push(hostname),
        () => undefined,
      );
    }
    return names;
  }

  /** Of each machine. */
  secrets = (file: string): string[] =>
    [...this.beds.values()]
      .filter(({ root }) => root.exists(`var/lib/keelson/secrets/${file}`))
      .map(({ root }) => root.read(`var/lib/keelson/secrets/${file}`));
  /** Servers whose k3s runs. */
  running = (): string[] => this.names.filter((name) => this.beds.get(name)?.root.exists('k3s-runs'));
  calls = (name: string, pattern: RegExp): string[] =>
    this.beds
      .get(name)
      ?.root.calls()
      .filter((call) => pattern.test(call)) ?? [];
  /** A power cycle. */
  restartK3s = (name: string): void => void this.beds.get(name)?.root.run(this.file(name, 'k3s-start'));

  private file = (name: string, path: string): string => join(this.beds.get(name)?.root.root ?? '', path);

  private async boot(name: string): Promise<void> {
    const folder = join(this.home, name);
    mkdirSync(folder);
    const bed = new MachineBed(name, folder, [this.first.publicKey]);
    this.beds.set(name, bed);
    const { root } = bed;
    const data = join(this.home, 'data');
    bed.followKeys();
    if (isServer(name)) {
      mkdirSync(join(root.root, 'var/lib/rancher/k3s/server'), { recursive: true });
      root.command(
        'k3s',
        `${tokens(data)}
case "$*" in
*'get --raw /readyz') [ -e "$runs" ] ;;
'token rotate --new-token '*) [ -e "$runs" ] && cp "$data" "$data.then" && printf %s "$4" >"$data" && printf 'K10abc::server:%s\\n' "$4" >"$own" ;;
esac`,
      );
      root.write('systemctl-does', `${tokens(data)}\ncase "$*" in *'start k3s.service') start ;; esac\n`);
      root.write('k3s-start', `${tokens(data)}\nstart\n`);
    }
    await bed.start();
  }
}
