import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSshKeyPair } from '../../stacks/provision/ssh-key-pair.js';
import { temporaryFolders } from '../nixos/tools.js';

const temporaryFolder = temporaryFolders();

test('OpenSSH reads the private key, and finds the same public key in it, whatever the comment’s length', () => {
  for (const comment of ['k', 'keelson-main', 'keelson-a-longer-name']) {
    const { publicKey, privateKey } = newSshKeyPair(comment);
    const file = join(temporaryFolder(), 'key');
    writeFileSync(file, privateKey, { mode: 0o600 });
    const { status, stdout } = spawnSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
    expect([status, stdout.trim()]).toEqual([0, publicKey]);
  }
});
