import { synthesize } from '../../lib/synth.js';
import { configureMachines } from '../../stacks/provision/configure-machines.js';
import { type Made, newKeys } from '../../stacks/provision/made-machines.js';
import { replaceKeys } from '../../stacks/provision/rotate-keys.js';
import { describeWithSsh } from '../engine/machine-bed.js';
import { temporaryFolders } from '../nixos/tools.js';
import { smallApplication } from '../support/application.js';
import { RotatedMachines } from './rotated-machines.js';

/*
 * Keys that are replaced, behind real SSH servers, and a run that is killed on the way: whatever it left, the state's
 * keys let in everywhere, an up does no harm, and the same command comes to its end.
 */
const temporaryFolder = temporaryFolders();
const SERVER = 'main-server-1';
const [SECOND, AGENT] = ['main-server-2', 'main-builds'];

describeWithSsh()('the keys of machines', () => {
  let random = 0;
  let first: ReturnType<typeof newKeys>;
  let machines: RotatedMachines;
  let said: string[] = [];

  beforeEach(() => {
    said = [];
    first = newKeys('main', () => `f00d${random++}`);
  });
  afterEach(() => machines.stop());

  const boot = async (...names: string[]): Promise<void> => {
    machines = await RotatedMachines.start(temporaryFolder(), names, first);
  };
  const options = (hear: (line: string) => void = () => {}) => ({
    ...machines.way,
    clusters: [machines.cluster],
    synthesis: synthesize(smallApplication()),
    // What a machine is built from is nothing that these machines read.
    files: { 'system.nix': '{ }' },
    report: (line: string): void => {
      said.push(line);
      hear(line);
    },
    tell: () => {},
    ...{ workDir: '', providers: 'real' as const, engine: undefined as never },
  });
  const up = () => configureMachines(machines.cluster, machines.made, options());
  const keep = async (made: Made): Promise<void> => {
    machines.made = made;
  };
  const rotate = (tokens = false, hear?: (line: string) => void) =>
    replaceKeys(machines.cluster, machines.made, { ...options(hear), tokens }, keep);
  const restarts = (name: string): number => machines.calls(name, /restart k3s/).length;
  const rotations = (name: string): number => machines.calls(name, /^k3s token rotate/).length;
  /** Dies when a line of progress is said for the nth time. */
  const dying = (pattern: RegExp, times = 1) => {
    let heard = 0;
    return (line: string) => {
      if (pattern.test(line) && ++heard === times) throw new Error('killed');
    };
  };

  async function expectReplaced(): Promise<void> {
    const { keys = first, formerKeys } = machines.made;
    expect(formerKeys).toBeUndefined();
    expect(await machines.letIn(keys)).toEqual(machines.names);
    expect(await machines.letIn(first)).toEqual([]);
    expect(machines.running()).toEqual(machines.names.filter((name) => name !== AGENT));
  }

  test('the new key is let in and the former no longer; k3s takes no notice', async () => {
    await boot(SERVER);
    await up();
    await rotate();
    await expectReplaced();
    expect(machines.made.keys).toMatchObject({ token: first.token, agentToken: first.agentToken });
    expect(restarts(SERVER)).toBe(1);
    const builds = machines.calls(SERVER, /^nixos-rebuild/).length;
    await up();
    expect(machines.calls(SERVER, /^nixos-rebuild/)).toHaveLength(builds);
  });

  test('the former stays where a machine does not let the new one in', async () => {
    await boot(SERVER);
    await up();
    // Its configuration has the key, and its accounts do not get it.
    machines.beds.get(SERVER)?.system('new');
    await expect(rotate()).rejects.toThrow(/former is not removed.*main-server-1: .*does not let/s);
    expect(await machines.letIn(first)).toEqual([SERVER]);
    expect(machines.made.formerKeys).toEqual(first);
  });

  test('k3s has other tokens, and is started anew on one machine after the other', async () => {
    await boot(SERVER, SECOND, AGENT);
    await up();
    await rotate(true);
    await expectReplaced();
    const { token = '', agentToken = '' } = machines.made.keys ?? {};
    expect(token).not.toBe(first.token);
    expect(machines.secrets('token')).toEqual([token, token, agentToken]);
    expect(machines.secrets('agent-token')).toEqual([agentToken, agentToken]);
    expect([SERVER, SECOND].map(rotations)).toEqual([1, 0]);
    expect(machines.names.map(restarts)).toEqual([2, 2, 2]);
    for (const one of [first.token, first.agentToken, token, agentToken])
      expect(said.join('\n')).not.toContain(one);
  });

  test.each([
    ['k3s has the new token and was not started anew', dying(/k3s has another server token/)],
    ['one machine has both keys and new tokens', dying(/confirmed: it is/)],
  ])('a run that was killed when %s is gone on with', async (_, hear) => {
    await boot(SERVER, AGENT);
    await up();
    await expect(rotate(true, hear)).rejects.toThrow('killed');
    const { keys = first, formerKeys = first } = machines.made;
    const letIn = [...(await machines.letIn(keys)), ...(await machines.letIn(formerKeys))];
    expect(new Set(letIn)).toEqual(new Set(machines.names));
    // A power cycle: the token that its cluster has by then is the one that it finds.
    machines.restartK3s(SERVER);
    expect(machines.running()).toEqual([SERVER]);
    await up();
    await rotate(true);
    await expectReplaced();
    expect(rotations(SERVER)).toBe(1);
  });

  test('a run that was killed when one machine has the new key alone is gone on with', async () => {
    await boot(SERVER, AGENT);
    await up();
    await expect(rotate(false, dying(/confirmed: it is/, 3))).rejects.toThrow('killed');
    expect(await machines.letIn(first)).toEqual([AGENT]);
    await rotate();
    await expectReplaced();
  });

  test('machines that were never configured are configured first', async () => {
    await boot(SERVER);
    machines.made = { ...machines.made, hostKeys: {} };
    await expect(rotate()).rejects.toThrow(/main-server-1: only machines.*first: keelson up/);
    expect(machines.made.formerKeys).toBeUndefined();
  });
});
