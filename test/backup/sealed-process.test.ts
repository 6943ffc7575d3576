import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { seal, unseal } from '../../stacks/backup/age.js';
import { partFile, readBackup, removeOldBackups, writeBackup } from '../../stacks/backup/backup-folder.js';
import { folderPlace } from '../../stacks/backup/folder-place.js';
import { type AgeKey, describeWithAge, makeAgeKey } from '../support/age.js';
import { indexOf, writeSmallBackup } from './small-backup.js';

const folder = mkdtempSync(join(tmpdir(), 'keelson-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = 'the administrator’s key of everything\n';

describeWithAge()('what a backup writes', () => {
  let ours: AgeKey;
  let theirs: AgeKey;
  const place = join(folder, 'backups');
  const kept = folderPlace(place);

  beforeAll(() => {
    ours = makeAgeKey(join(folder, 'ours'));
    theirs = makeAgeKey(join(folder, 'theirs'));
  });

  const make = async (made: string) => (await writeSmallBackup(kept, ours.recipient, made, plain)).kept;

  test('megabytes come out as they went in, for each recipient: a key of age, and one of SSH', async () => {
    const ssh = join(folder, 'ssh');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', ssh]);
    const content = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(3_000_000)]);
    const file = join(folder, 'large');
    const recipients = [ours.recipient, readFileSync(`${ssh}.pub`, 'utf8').trim()];
    const bytes = await seal(file, recipients, (into) =>
      pipeline(Readable.from([content.subarray(0, 100), content.subarray(100)]), into, { end: false }),
    );
    expect(bytes).toBe(content.length);
    for (const identity of [ours.file, ssh])
      expect((await unseal(file, identity, buffer)).equals(content)).toBe(true);
    await expect(unseal(file, theirs.file, buffer)).rejects.toThrow(
      '--identity: this key opens none of it: the backup was made for other recipients',
    );
    await expect(unseal(file, join(folder, 'nowhere'), buffer)).rejects.toThrow('there is no file');
  });

  test('nothing of it is in clear, and the tools of the system open and check it', async () => {
    const made = await make('2026-11-26T01:45:00.123Z');
    expect(made).toBe(join(place, 'main-2026-11-26T014500Z'));
    const files = readdirSync(made, { recursive: true }) as string[];
    for (const file of files.filter((name) => name.endsWith('.age')))
      expect(readFileSync(join(made, file), 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    expect(files.filter((name) => !name.endsWith('.age')).sort()).toEqual([
      'SHA256SUMS',
      'backup.json',
      'state',
    ]);
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: made });
    const opened = execFileSync('age', ['--decrypt', '--identity', ours.file, join(made, 'tokens.gz.age')]);
    expect(gunzipSync(opened).toString()).toBe(plain);
  });

  test('what was changed, is missing, or was never encrypted is refused', async () => {
    const made = await make('2026-11-26T02:00:00Z');
    const tokens = join(made, 'tokens.gz.age');
    const whole = readFileSync(tokens);
    writeFileSync(tokens, Buffer.concat([whole.subarray(0, -1), Buffer.from([(whole.at(-1) ?? 0) ^ 1])]));
    await expect(readBackup(made)).rejects.toThrow('tokens.gz.age: is not what was written');
    rmSync(tokens);
    await expect(readBackup(made)).rejects.toThrow('tokens.gz.age: is missing');
    writeFileSync(tokens, plain);
    const sums = join(made, 'SHA256SUMS');
    const sum = createHash('sha256').update(plain).digest('hex');
    writeFileSync(sums, readFileSync(sums, 'utf8').replace(/.*(?= {2}tokens)/, sum));
    await expect(readBackup(made)).rejects.toThrow('is not encrypted with age');
    writeFileSync(join(made, 'backup.json'), '{}');
    await expect(readBackup(made)).rejects.toThrow('backup.json: is not what was written');
    rmSync(sums);
    await expect(readBackup(made)).rejects.toThrow('this is no backup, or not a whole one');
  });

  test('one that fails leaves nothing, and the older ones as they were', async () => {
    const before = readdirSync(place);
    const failing = writeBackup(kept, indexOf('2026-11-26T03:00:00Z'), async (draft) => {
      await seal(join(draft, partFile('etcd')), [ours.recipient], async (into) => {
        into.write('half of it');
        throw new Error('the connection broke');
      });
      return [];
    });
    await expect(failing).rejects.toThrow('the connection broke');
    const wrong = writeBackup(kept, indexOf('2026-11-26T03:00:00Z'), async (draft) => {
      await seal(join(draft, partFile('etcd')), ['age1nobody'], (into) =>
        pipeline(Readable.from(Array.from({ length: 100 }, () => randomBytes(100_000))), into, {
          end: false,
        }),
      );
      return [];
    });
    await expect(wrong).rejects.toThrow(/age: .*age1nobody/);
    expect(readdirSync(place)).toEqual(before);
  });

  test('of one cluster the newest are kept, what killed runs left goes, and what is no backup of it is left alone', async () => {
    const other = join(place, 'main-2-2026-11-20T000000Z');
    mkdirSync(other);
    copyFileSync(ours.file, join(place, 'main-notes'));
    mkdirSync(join(place, 'main-2026-11-26T013000Z.partial'));
    const newest = await make('2026-11-27T00:00:00Z');
    expect(await removeOldBackups(kept, basename(newest), 'main', 2)).toEqual([
      'main-2026-11-26T013000Z',
      'main-2026-11-26T014500Z',
    ]);
    expect(readdirSync(place).sort()).toEqual([
      'main-2-2026-11-20T000000Z',
      'main-2026-11-26T020000Z',
      'main-2026-11-27T000000Z',
      'main-notes',
    ]);
    expect(existsSync(newest)).toBe(true);
  });
});
