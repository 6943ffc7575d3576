import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describeWithAge, makeAgeKey } from '../support/age.js';
import { DB } from '../support/k3s-stub.js';
import { describeWithS3, S3Server } from '../support/s3-server.js';
import { SecretWatch } from '../support/secret-watch.js';
import { BackupBed } from './backup-bed.js';
import { describeWithSsh } from './machine-bed.js';

/** What a backup of a cluster of machines has in it, and what is refused. */
describeWithAge(describeWithSsh)('a backup of a cluster of machines', () => {
  let bed: BackupBed;
  let kept: string;
  let watch: SecretWatch;

  beforeAll(async () => {
    bed = await BackupBed.start();
    // From here on: what plays the machines holds their secrets in folders of its own.
    watch = SecretWatch.start();
  });
  afterAll(async () => {
    watch?.end();
    await bed?.stop();
  });

  const openBytes = (file: string) =>
    gunzipSync(execFileSync('age', ['--decrypt', '--identity', bed.key.file, join(kept, `${file}.gz.age`)]));
  const open = (file: string) => openBytes(file).toString();
  const first = () => bed.machine('main-server-1').root;

  test('without somebody who can open it there is none, in plain', async () => {
    bed.recipientIs();
    const { status, output } = await bed.keelson(['backup', 'main', '--to', bed.backups]);
    bed.recipientIs(bed.key.recipient);
    expect([status, output]).toEqual([1, expect.stringMatching(/backups\.recipients: are missing/)]);
    expect(existsSync(bed.backups)).toBe(false);
  });

  test('everything that cannot be made again is in it, and nothing in clear', async () => {
    const { status, output } = await bed.keelson(['backup', 'main', '--to', bed.backups]);
    expect({ status, output }).toMatchObject({
      status: 0,
      output: expect.stringContaining('Backup of 7 parts'),
    });
    kept = join(bed.backups, readdirSync(bed.backups)[0] ?? '');
    const { parts } = JSON.parse(readFileSync(join(kept, 'backup.json'), 'utf8'));
    expect(parts.map(({ file }: { file: string }) => file).sort()).toEqual([
      'certificates.gz.age',
      'data/staging/db-0.gz.age',
      'data/staging/db-1.gz.age',
      'etcd.gz.age',
      'state/main-machines.gz.age',
      'state/staging.gz.age',
      'tokens.gz.age',
    ]);
    const { token, agentToken } = bed.keys;
    expect(JSON.parse(open('tokens'))).toEqual({ token, agentToken });
    // In it is what k3s wrote, byte by byte.
    expect(openBytes('etcd').subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
    expect(open('data/staging/db-1')).toBe('\u0000\u00ff rows of db-1');
    expect(JSON.parse(open('certificates')).items).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/tls',
        data: { 'tls.key': 'c2VjcmV0' },
        metadata: { name: 'www', namespace: 'staging' },
      },
    ]);
    const files = (readdirSync(kept, { recursive: true }) as string[]).filter((file) => /\.\w+$/.test(file));
    for (const file of files) {
      const text = readFileSync(join(kept, file), 'latin1');
      for (const secret of [token, agentToken, 'rows of', 'c2VjcmV0', 'objects as'])
        expect(text).not.toContain(secret);
    }
    expect(output).not.toContain(token);
    // The machine keeps no second copy of everything.
    expect(readdirSync(join(first().root, DB, 'snapshots'))).toEqual([]);
  });

  test('a pod whose data cannot be had fails the backup, and what was kept stays', async () => {
    const before = readdirSync(bed.backups);
    const file = join(first().root, 'pods/db-1');
    cpSync(file, `${file}.away`);
    rmSync(file);
    await expect(bed.backUp()).rejects.toThrow(/copy what staging\/db-1 keeps: failed with code 1/);
    expect(readdirSync(bed.backups)).toEqual(before);
    cpSync(`${file}.away`, file);
  });

  test('a restore asks, and refuses another key, a changed part, and a k3s that is older', async () => {
    const since = first().calls().length;
    const asked = await bed.keelson(['restore', kept, '--identity', bed.key.file]);
    expect(asked.output).toMatch(/--yes: is missing: nobody can be asked here/);
    const stranger = makeAgeKey(join(bed.scratch, 'stranger.key'));
    await expect(bed.restore(kept, stranger.file)).rejects.toThrow('this key opens none of it');
    first().write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_34"\n}\n');
    await expect(bed.restore(kept)).rejects.toThrow('goes back from k3s_1_35 to k3s_1_34');
    first().write('etc/nixos/node.json', '{\n  "k3s": "k3s_1_35"\n}\n');
    const etcd = join(kept, 'etcd.gz.age');
    const whole = readFileSync(etcd);
    writeFileSync(etcd, whole.subarray(0, -1));
    await expect(bed.restore(kept)).rejects.toThrow('etcd.gz.age: is not what was written');
    writeFileSync(etcd, whole);
    expect(bed.calls('main-server-1', since)).toEqual([]);
  });

  describeWithS3()('in a bucket', () => {
    let server: S3Server;
    beforeAll(async () => {
      server = await S3Server.start('copies');
    });
    afterAll(() => server?.stop());

    test('it lies there whole, and is restored from there by what the backup said', async () => {
      const to = `s3://copies/main?endpoint=${server.endpoint}`;
      const without = await bed.keelson(['backup', '--to', to]);
      expect(without).toMatchObject({
        status: 1,
        output: expect.stringContaining('AWS_ACCESS_KEY_ID: is not set'),
      });
      const made = await bed.keelson(['backup', '--to', to], server.key);
      expect(made).toMatchObject({ status: 0, output: expect.stringContaining('Backup of 7 parts') });
      const files = server.keys('copies', 'main').map((key) => key.replace(/^main-[^/]*\//, ''));
      expect(files).toHaveLength(7 + 2);
      const [, named = ''] = /npx keelson restore '([^']*)' --identity FILE/.exec(made.output) ?? [];
      const args = ['restore', named, '--identity', bed.key.file, '--state'];
      const restored = await bed.keelson(args, server.key);
      expect(restored).toMatchObject({
        status: 0,
        output: expect.stringContaining('staging: has a state, which stays'),
      });
      // No copy stays on the machine of who asked.
      expect(readdirSync(join(bed.project, '.keelson/backups'))).toEqual([]);
      expect(existsSync(join(bed.project, '.keelson/.gitignore'))).toBe(true);
    });
  });

  test('no secret was an argument, in an environment or in a temporary file of all these runs', () => {
    for (const one of bed.secrets) expect(one.length).toBeGreaterThan(10);
    expect(watch.placesOf(bed.secrets)).toEqual([]);
  });
});
