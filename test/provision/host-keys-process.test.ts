import { execSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { withSsh } from '../../stacks/machine/ssh.js';
import { drainAgent } from '../../stacks/provision/drain-agent.js';
import { learntHostKeys } from '../../stacks/provision/host-keys.js';
import { type Made, newKeys } from '../../stacks/provision/made-machines.js';
import { sshMachines } from '../../stacks/provision/ssh-machines.js';
import { describeWithSsh, freePort, MachineBed } from '../engine/machine-bed.js';
import { temporaryFolders } from '../nixos/tools.js';

/*
 * What a run knows of machines by the state of their stack, behind real SSH servers: their host keys in every checkout,
 * and a server that answers.
 */
const temporaryFolder = temporaryFolders();
const keys = newKeys('main', () => 'f00d');

describeWithSsh()('machines of a state', () => {
  const beds = new Map<string, MachineBed>();
  let home = '';

  beforeEach(() => {
    home = temporaryFolder();
  });
  afterEach(async () => {
    for (const bed of beds.values()) await bed.stop();
    beds.clear();
  });

  async function bed(name: string): Promise<MachineBed> {
    mkdirSync(join(home, name));
    const made = new MachineBed(name, join(home, name), [keys.publicKey]);
    beds.set(name, made);
    await made.start();
    return made;
  }
  const stateOf = (...names: string[]): Made => ({
    keys,
    hostKeys: {},
    configured: {},
    machines: names.map((hostname) => ({
      hostname,
      role: hostname.includes('server') ? 'server' : 'agent',
      clusterInit: hostname.endsWith('-1'),
      serverAddress: 'https://main-api.example.com:6443',
      privateCidr: '10.110.0.0/20',
      address: '203.0.113.10',
    })),
  });
  /** The way of a checkout, which is a folder of its own. */
  const from = (checkout: string, dead = 0) => ({
    knownHosts: join(home, checkout, 'known_hosts'),
    route: (hostname: string) => ({
      user: userInfo().username,
      address: '127.0.0.1',
      port: beds.get(hostname)?.port ?? dead,
    }),
  });
  const login = async (made: Made, checkout: string): Promise<void> => {
    for (const { machine } of sshMachines(made, from(checkout)))
      await withSsh(machine, {}, (ssh) => ssh.run('true', { what: 'log in' }));
  };
  const learnt = (made: Made, checkout: string): Made => ({
    ...made,
    hostKeys: learntHostKeys(from(checkout).knownHosts, made),
  });

  test('another checkout trusts the host key that the state has, and refuses another one', async () => {
    const one = await bed('main-server-1');
    await login(stateOf(one.name), 'ada');
    const made = learnt(stateOf(one.name), 'ada');
    expect(made.hostKeys).toEqual({
      [one.name]: { address: '203.0.113.10', key: expect.stringMatching(/^(ssh|ecdsa)-\S+ \S+$/) },
    });
    await login(made, 'ben');
    await one.stop();
    one.makeHostKey('another');
    await one.start('another');
    await expect(login(made, 'ci')).rejects.toMatchObject({ fault: 'host key changed' });
    const refused = login(made, 'ben');
    await expect(refused).rejects.toThrow(/made anew, or somebody answers in its place/);

    const message = String(await refused.catch((error: unknown) => error));
    execSync(/(ssh-keygen -R \S+ -f \S+)/.exec(message)?.[1] ?? 'false', { stdio: 'ignore' });
    await login(made, 'ben');
    const anew = learnt(made, 'ben');
    expect(anew.hostKeys).not.toEqual(made.hostKeys);
    // Ada's checkout follows the state, and so does one that never saw the machine.
    await login(anew, 'ada');
    await login(anew, 'ci');
  });

  test('a droplet that was made anew has another address, and its key is learnt without a question', async () => {
    const one = await bed('main-server-1');
    await login(stateOf(one.name), 'ada');
    const made = learnt(stateOf(one.name), 'ada');
    sshMachines(made, from('ada'));
    await one.stop();
    one.makeHostKey('another');
    await one.start('another');
    const moved = { ...made, machines: made.machines.map((each) => ({ ...each, address: '203.0.113.99' })) };
    await login(moved, 'ada');
    expect(learnt(moved, 'ada').hostKeys[one.name]).toMatchObject({ address: '203.0.113.99' });
    expect(readFileSync(from('ada').knownHosts, 'utf8')).not.toContain(made.hostKeys[one.name]?.key);
  });

  test('an agent is drained through a server that answers, where the first is down', async () => {
    const second = await bed('main-server-2');
    second.root.write('k3s-does', 'case "$*" in *"get node"*) echo node/main-builds ;; esac\n');
    const made = stateOf('main-server-1', 'main-server-2', 'main-builds');
    await drainAgent('main-builds', made, from('ada', await freePort()));
    const steps = second.root.calls().filter((call) => call.startsWith('k3s kubectl'));
    expect(steps.map((step) => step.split(' ')[4])).toEqual(['get', 'drain', 'delete']);
  });
});
