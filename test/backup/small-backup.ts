import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seal } from '../../stacks/backup/age.js';
import { partFile, writeBackup } from '../../stacks/backup/backup-folder.js';
import type { BackupPlace } from '../../stacks/backup/backup-place.js';

/** What is known in clear of a backup of the cluster main. */
export const indexOf = (made: string) => ({ application: 'shop', cluster: 'main', made, k3s: 'k3s_1_35' });

/** Writes a backup of two parts: the tokens, with this in them, and a state. @returns its name, and what it is kept as */
export const writeSmallBackup = (
  place: BackupPlace,
  recipient: string,
  made: string,
  tokens: string | Uint8Array,
) =>
  writeBackup(place, indexOf(made), async (draft) => {
    mkdirSync(join(draft, 'state'));
    await seal(join(draft, partFile('tokens')), [recipient], async (into) => into.write(tokens));
    await seal(join(draft, partFile('state/main-machines')), [recipient], async (into) => into.write('{}'));
    return [
      { kind: 'tokens', file: partFile('tokens') },
      { kind: 'state', file: partFile('state/main-machines'), stack: 'main-machines' },
    ];
  });
