import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseNode } from '../../lib/machine/node.js';
import { firstState } from '../../lib/machine/user-data.js';
import { applyConfiguration } from '../../stacks/machine/index.js';
import { describeWithSsh, MachineBed, makeKey } from '../engine/machine-bed.js';
import { evaluated } from '../nixos/evaluate.js';
import { SINGLE } from '../nixos/machines.js';
import { describeWith, temporaryFolders } from '../nixos/tools.js';

/*
 * A first server that was made anew has `clusterInit` from its user data. Where it restarts between its secrets and its
 * first configuration, which would have told it to join, it must not begin a cluster of its own.
 */
const temporaryFolder = temporaryFolders();

const withNix = describeWith('nix-instantiate', 'nix-bin');

(withNix === describe ? describeWithSsh() : withNix)('a server before its first configuration', () => {
  let bed: MachineBed;
  let key: ReturnType<typeof makeKey>;

  beforeEach(async () => {
    const home = temporaryFolder();
    key = makeKey(join(home, 'key'), 'bootstrap');
    mkdirSync(join(home, 'main-1'));
    bed = new MachineBed('main-1', join(home, 'main-1'), [key.line]);
    await bed.start();
  });
  afterEach(() => bed.stop());

  /** Whether k3s would start with what is on the machine's disk. */
  function starts(entry: 'host' | 'default'): boolean {
    const node = firstState(parseNode({ ...SINGLE, sshKeys: [key.line] }), key.line);
    const { unit } = evaluated({ one: entry === 'host' ? node : confirmed() }, { entry }).one?.k3s ?? {};
    const files = unit?.ConditionPathExists as readonly string[];
    return files.every((file) => existsSync(join(bed.root.root, file)));
  }
  const confirmed = () => JSON.parse(readFileSync(join(bed.root.root, 'etc/nixos/node.json'), 'utf8'));
  const configure = () =>
    applyConfiguration(
      bed.machine({ identity: { file: key.file } }),
      parseNode({ ...SINGLE, sshKeys: [key.line], serverAddress: 'https://api.example.com:6443' }),
      { token: 'servers', agentToken: 'agents' },
      { files: { 'system.nix': '{ }' }, pause: 50 },
    );

  test('starts no k3s, also with its secrets, whatever restarts it', async () => {
    bed.root.command('nixos-rebuild', 'exit 1');
    await expect(configure()).rejects.toThrow(/nothing was activated/);
    expect(bed.root.read('var/lib/keelson/secrets/token')).toBe('servers');
    expect(starts('host')).toBe(false);
  });

  test('starts it once it was told to join', async () => {
    await configure();
    expect(confirmed()).toMatchObject({ clusterInit: false });
    expect(starts('default')).toBe(true);
  });
});
