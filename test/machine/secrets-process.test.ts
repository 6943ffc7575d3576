import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseNode } from '../../lib/machine/node.js';
import { applyConfiguration, type MachineSecrets } from '../../stacks/machine/index.js';
import { describeWithSsh, MachineBed, makeKey } from '../engine/machine-bed.js';
import { SINGLE } from '../nixos/machines.js';
import { temporaryFolders } from '../nixos/tools.js';

const temporaryFolder = temporaryFolders();
const SECRETS = { token: 'servers', agentToken: 'agents' };

describeWithSsh()('the secrets of a machine', () => {
  let bed: MachineBed;
  let key: ReturnType<typeof makeKey>;

  beforeEach(async () => {
    const home = temporaryFolder();
    key = makeKey(join(home, 'key'), 'bootstrap');
    mkdirSync(join(home, 'main-1'));
    bed = new MachineBed('main-1', join(home, 'main-1'), [key.line]);
    await bed.start();
    await apply(SECRETS);
  });
  afterEach(() => bed.stop());

  const apply = (secrets: MachineSecrets) =>
    applyConfiguration(
      bed.machine({ identity: { file: key.file } }),
      parseNode({ ...SINGLE, sshKeys: [key.line] }),
      secrets,
      { files: { 'system.nix': '{ }' }, pause: 50 },
    );
  const restarts = (): number => bed.root.calls().filter((call) => call.includes('try-restart k3s')).length;

  test('whose push was cut off before k3s started anew have it start with them the next time, and once', async () => {
    const rotated = { ...SECRETS, agentToken: 'others' };
    bed.root.write('systemctl-does', 'case "$1" in try-restart) exit 1 ;; esac\n');
    await expect(apply(rotated)).rejects.toThrow(/secrets: failed/);
    expect(bed.root.read('var/lib/keelson/secrets/agent-token')).toBe('others');
    bed.root.write('systemctl-does', '');
    const before = restarts();
    expect((await apply(rotated)).secrets).toEqual([]);
    expect(restarts()).toBe(before + 1);
    await apply(rotated);
    expect(restarts()).toBe(before + 1);
  });

  test('are given another server token only where it is said which one that comes in place of', async () => {
    const another = { ...SECRETS, token: 'another' };
    await expect(apply(another)).rejects.toThrow(/keelson rotate-keys --tokens/);
    await expect(apply({ ...another, formerToken: 'a third' })).rejects.toThrow(/is another than/);
    expect(bed.root.read('var/lib/keelson/secrets/token')).toBe('servers');
    expect((await apply({ ...another, formerToken: 'servers' })).secrets).toEqual(['token']);
    expect(bed.root.read('var/lib/keelson/secrets/token')).toBe('another');
  });
});
