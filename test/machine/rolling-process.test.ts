import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseNode } from '../../lib/machine/node.js';
import { type ClusterMachine, rollingUpdate } from '../../stacks/machine/index.js';
import { describeWithSsh, MachineBed, makeKey } from '../engine/machine-bed.js';
import { SINGLE } from '../nixos/machines.js';
import { temporaryFolders } from '../nixos/tools.js';

/*
 * What is decided over all machines of a cluster before one of them is touched. Machines are folders behind real SSH
 * servers, as in test/engine/machine-ssh.test.ts.
 */
const temporaryFolder = temporaryFolders();
const QUICK = { pause: 50, rollbackAfter: 60, readyWithin: 1 } as const;
const serverAddress = 'https://api.example.com:6443';

describeWithSsh()('a roll over a cluster', () => {
  let beds: Record<'first' | 'second' | 'agent', MachineBed>;
  let said: string[] = [];
  let key: ReturnType<typeof makeKey>;
  const report = (line: string): void => void said.push(line);

  beforeEach(async () => {
    said = [];
    const home = temporaryFolder();
    key = makeKey(join(home, 'key'), 'bootstrap');
    const bed = async (name: string): Promise<MachineBed> => {
      mkdirSync(join(home, name));
      const made = new MachineBed(name, join(home, name), [key.line]);
      await made.start();
      return made;
    };
    beds = { first: await bed('main-1'), second: await bed('main-2'), agent: await bed('builds') };
  });
  afterEach(async () => {
    for (const bed of Object.values(beds)) await bed.stop();
  });

  const servers = (k3s?: string) => cluster(k3s).filter(({ node }) => node.role === 'server');
  const cluster = (k3s = 'k3s_1_34', confirmed: readonly string[] = []): ClusterMachine[] =>
    Object.entries(beds).map(([role, bed]) => ({
      machine: bed.machine({ identity: { file: key.file } }),
      node: parseNode({
        ...SINGLE,
        hostname: bed.name,
        role: role === 'agent' ? 'agent' : 'server',
        sshKeys: [key.line],
        versions: { k3s },
        ...(role !== 'first' && { serverAddress }),
      }),
      secrets: role === 'agent' ? { token: 'agents' } : { token: 'servers', agentToken: 'agents' },
      confirmed: confirmed.includes(bed.name),
    }));
  const confirm = ({ root }: MachineBed, k3s: string): void => {
    root.write('etc/nixos/.keelson-tree', 'an earlier one\n');
    root.write('etc/nixos/node.json', `{\n  "serverAddress": null,\n  "k3s": "${k3s}"\n}\n`);
  };
  const asked = ({ root }: MachineBed): number =>
    root.exists('.commands-asked') ? root.read('.commands-asked').split('\n').length : 0;
  const settingsOf = ({ root }: MachineBed) => JSON.parse(root.read('etc/nixos/node.json'));
  const builds = (): string[] =>
    Object.values(beds).flatMap(({ root }) =>
      root.calls().filter((call) => call.startsWith('nixos-rebuild')),
    );

  test('a machine that was there and does not answer ends the waiting for all, and the way on is said', async () => {
    await beds.agent.stop();
    rmSync(join(beds.second.root.root, 'etc/NIXOS'));
    const rolled = rollingUpdate(cluster(undefined, ['builds']), {
      ...{ ...QUICK, report, confirmedWithin: 2000 },
      goOn: (name) => ({ where: `droplet ${name}`, message: 'take it out' }),
    });
    await expect(rolled).rejects.toThrow(
      /Machine "builds".*ready: not within 2 s.*droplet builds: take it out/s,
    );
    // What a look that was under way asked on the machine comes to its end.
    await sleep(2000);
    const looks = asked(beds.second);
    await sleep(1000);
    expect(asked(beds.second)).toBe(looks);
    expect(builds()).toEqual([]);
  });

  test('a minor that one machine would skip is found before the first machine is touched', async () => {
    confirm(beds.first, 'k3s_1_34');
    confirm(beds.second, 'k3s_1_33');
    confirm(beds.agent, 'k3s_1_33');
    await expect(rollingUpdate(cluster('k3s_1_35'), { ...QUICK, report })).rejects.toThrow(
      /main-2: skips minors, from k3s_1_33 to k3s_1_35.*builds: skips minors/s,
    );
    expect(builds()).toEqual([]);
    expect(beds.first.root.exists('var/lib/keelson/secrets')).toBe(false);
  });

  test('what an upgrade breaks is said of all machines before it happens, and once', async () => {
    for (const bed of [beds.first, beds.second]) confirm(bed, 'k3s_1_33');
    await rollingUpdate(servers('k3s_1_34'), { ...QUICK, report });
    const breaks = said.flatMap((line, index) => (line.includes('etcd becomes 3.6') ? [index] : []));
    expect(breaks).toHaveLength(2);
    expect(Math.max(...breaks)).toBeLessThan(said.findIndex((line) => line.includes('uploaded')));
  });

  test('the first server, made anew, joins those that are there, and stays one that joined', async () => {
    confirm(beds.second, 'k3s_1_34');
    beds.second.root.write('k3s-does', 'case "$*" in *"get node main-1"*) echo Unknown ;; esac\n');
    await rollingUpdate(servers(), { ...QUICK, report });
    expect(settingsOf(beds.first)).toMatchObject({ clusterInit: false, serverAddress });
    const removed = 'k3s kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml delete node main-1';
    expect(beds.second.root.calls()).toContainEqual(expect.stringContaining(removed));
    const before = builds().length;
    await rollingUpdate(servers(), { ...QUICK, report });
    expect(builds()).toHaveLength(before);
  });

  test('the first server of a cluster that is to be begins it, and a node that is ready is nobody’s to remove', async () => {
    await rollingUpdate(servers(), { ...QUICK, report });
    expect(settingsOf(beds.first)).toMatchObject({ clusterInit: true, serverAddress: null });
    for (const file of ['.keelson-tree', 'node.json']) rmSync(join(beds.second.root.root, 'etc/nixos', file));
    beds.first.root.write('k3s-does', 'case "$*" in *"get node main-2"*) echo True ;; esac\n');
    await rollingUpdate(servers(), { ...QUICK, report });
    expect(beds.first.root.calls().filter((call) => call.includes('delete node'))).toEqual([]);
    expect(settingsOf(beds.first)).toMatchObject({ clusterInit: true });
  });
});
