import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { restoreStore } from '../../stacks/backup/restore-store.js';
import { withSsh } from '../../stacks/machine/index.js';
import type { ReachableMachine } from '../../stacks/provision/ssh-machines.js';
import { temporaryFolders } from '../nixos/tools.js';
import { describeWithAge, makeAgeKey } from '../support/age.js';
import { ARGUMENT_OF_K3S, DB } from '../support/k3s-stub.js';
import { holds } from '../support/secret-bytes.js';
import { SecretWatch } from '../support/secret-watch.js';
import { describeWithSsh, MachineBed, makeKey } from './machine-bed.js';
import { K3S, STORE } from './vault-machines.js';

const temporaryFolder = temporaryFolders();
/** What opens the snapshot, and what the servers have where they were given another since. */
const TOKENS = { ofSnapshot: 'server-token-then-3c1a', another: 'server-token-since-77e0' };
const NAMES = ['main-server-1', 'main-server-2', 'main-server-3'];

/** What of a restore can go wrong between its servers. */
describeWithAge(describeWithSsh)('the store of three servers', () => {
  let folder: string;
  let beds: MachineBed[];
  let machines: ReachableMachine[];
  let identity: string;
  let watch: SecretWatch;
  const bed = (name: string) => beds.find((one) => one.name === name) as MachineBed;
  const stopped = () => beds.flatMap(({ root }) => root.calls()).filter((call) => call.includes(' stop k3s'));
  const stores = () =>
    beds.map(({ root }) => (existsSync(join(root.root, STORE)) ? root.read(STORE) : undefined));
  const before = NAMES.map((name) => `store of ${name}`);

  beforeEach(async () => {
    folder = temporaryFolder();
    const key = makeKey(join(folder, 'key'), 'keelson');
    const age = makeAgeKey(join(folder, 'age.key'));
    identity = age.file;
    beds = NAMES.map((name) => {
      mkdirSync(join(folder, name));
      const one = new MachineBed(name, join(folder, name), [key.line]);
      one.root.write('k3s-does', K3S);
      one.root.write('var/lib/keelson/secrets/token', TOKENS.ofSnapshot);
      one.root.write(STORE, `store of ${name}`);
      return one;
    });
    await Promise.all(beds.map((one) => one.start()));
    machines = beds.map((one, index) => ({
      hostname: one.name,
      role: 'server',
      clusterInit: index === 0,
      serverAddress: 'https://main-api.example.com:6443',
      privateCidr: '10.110.0.0/20',
      address: '127.0.0.1',
      machine: one.machine({ identity: { file: key.file } }),
    }));
    mkdirSync(join(folder, 'then/etcd'), { recursive: true });
    const script = 'cat >token; printf then >etcd/objects; tar -cz etcd token | gzip | age -r "$0" -o "$1"';
    execFileSync('bash', ['-c', script, age.recipient, join(folder, 'etcd.gz.age')], {
      cwd: join(folder, 'then'),
      input: TOKENS.ofSnapshot,
    });
    // From here on: what plays the machines holds their secrets in folders of its own.
    watch = SecretWatch.start();
  });
  afterEach(async () => {
    const places = [
      ...watch.placesOf([TOKENS.ofSnapshot]),
      ...watch.placesOf([TOKENS.another]).filter((where) => !ARGUMENT_OF_K3S.test(where)),
    ];
    watch.end();
    await Promise.all(beds.map((one) => one.stop()));
    expect(places).toEqual([]);
  });

  const restore = (now = TOKENS.ofSnapshot): Promise<void> =>
    withSsh((machines[0] as ReachableMachine).machine, {}, (ssh) =>
      restoreStore(
        ssh,
        machines,
        { kind: 'snapshot', file: 'etcd.gz.age', name: 'taken' },
        { folder, identity, tokens: { ofSnapshot: TOKENS.ofSnapshot, current: now } },
      ),
    );
  async function failure(now?: string): Promise<string> {
    const said = await restore(now).then(() => 'none', String);
    expect(Object.values(TOKENS).filter((token) => holds(said, token))).toEqual([]);
    return said;
  }
  /** All have another token since the snapshot was taken. */
  const rotated = (): void => {
    for (const { root } of beds) root.write('var/lib/keelson/secrets/token', TOKENS.another);
  };
  const tokens = () => beds.map(({ root }) => root.read('var/lib/keelson/secrets/token'));

  /** What an error says to do, done: the command that each line's `ssh` would run. */
  function goBack(said: string): void {
    for (const one of beds) {
      const [, quoted, plain] =
        new RegExp(`HostKeyAlias=${one.name} \\S+@127.0.0.1 (?:'([^']*)'|(.*))$`, 'm').exec(said) ?? [];
      const command = quoted ?? plain ?? 'exit 9';
      one.root.write('way-back', command);
      expect([one.name, one.root.run(join(one.root.root, 'way-back')).status]).toEqual([one.name, 0]);
    }
  }

  test('nothing is stopped where one of them does not answer', async () => {
    await bed('main-server-3').stop();
    expect(await failure()).toMatch(/every machine has to answer.*main-server-3: /s);
    expect(stopped()).toEqual([]);
  });

  test('where one cannot be stopped, those that were go on', async () => {
    bed('main-server-3').root.command('systemctl', '[ "$1" != stop ]');
    expect(await failure()).toMatch(/stop k3s: failed.*nothing was restored; k3s goes on everywhere/s);
    expect(bed('main-server-2').root.calls().slice(-2)).toEqual([
      'systemctl stop k3s.service',
      'systemctl start --no-block k3s.service',
    ]);
    expect(bed('main-server-1').root.calls()).not.toContain('systemctl stop k3s.service');
    expect(stores()).toEqual(before);
  });

  test('a snapshot that was not taken: what the error says brings the cluster back', async () => {
    bed('main-server-1').root.write('k3s-does', K3S.replace('touch "$db/reset-flag"', 'exit 1'));
    const said = await failure();
    expect(said).toContain('k3s did not restore it and stands still');
    expect(stores()).not.toEqual(before);
    goBack(said);
    expect(stores()).toEqual(before);
  });

  test('a server that does not join: what the error says brings the cluster back', async () => {
    const { root } = bed('main-server-3');
    root.command('systemctl', '[ "$*" != "start k3s.service" ]');
    const said = await failure();
    expect(said).toMatch(/k3s does not start.*mend it and restore again/s);
    expect(stores()).toEqual(['then', undefined, undefined]);
    goBack(said);
    expect(stores()).toEqual(before);
  });

  test('a snapshot from before the tokens were rotated opens with its own, and is given that of now', async () => {
    rotated();
    await restore(TOKENS.another);
    expect(stores()).toEqual(['then', undefined, undefined]);
    expect(tokens()).toEqual(NAMES.map(() => TOKENS.another));
    const steps = bed('main-server-1').root.calls();
    const at = (part: string) => steps.findIndex((step) => step.includes(part));
    expect(at('cluster-reset')).toBeGreaterThan(-1);
    expect(at('k3s token rotate')).toBeGreaterThan(at('cluster-reset'));
    expect(at('restart k3s')).toBeGreaterThan(at('k3s token rotate'));
    expect(at('delete secret')).toBeGreaterThan(at('restart k3s'));
  });

  test('where such a snapshot is not taken, what was there before opens again', async () => {
    rotated();
    bed('main-server-1').root.write('k3s-does', K3S.replace('touch "$db/reset-flag"', 'exit 1'));
    goBack(await failure(TOKENS.another));
    expect([stores(), tokens()]).toEqual([before, NAMES.map(() => TOKENS.another)]);
  });

  test('a store that an earlier restore put aside is not taken for that of this one', async () => {
    const { root } = bed('main-server-1');
    root.write(`${DB}/etcd-old-1700000000/objects`, 'long ago');
    root.write('k3s-does', 'exit 1');
    goBack(await failure());
    expect(stores()).toEqual(before);
    expect(readFileSync(join(root.root, DB, 'etcd-old-1700000000/objects'), 'utf8')).toBe('long ago');
    rmSync(join(root.root, DB, 'etcd-old-1700000000'), { recursive: true });
  });
});
