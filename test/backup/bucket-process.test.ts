import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { unseal } from '../../stacks/backup/age.js';
import { readBackup, removeOldBackups } from '../../stacks/backup/backup-folder.js';
import { openPlace, withBackup } from '../../stacks/backup/index.js';
import { describeWithAge, makeAgeKey } from '../support/age.js';
import { FaultProxy, type SeenRequest } from '../support/fault-proxy.js';
import { describeWithS3, S3Server } from '../support/s3-server.js';
import { freePort } from '../support/until.js';
import { writeSmallBackup } from './small-backup.js';

describeWithAge(describeWithS3)('backups in a bucket', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'keelson-bucket-'));
  const drafts = join(scratch, 'drafts');
  let server: S3Server;
  let proxy: FaultProxy;
  let ours: ReturnType<typeof makeAgeKey>;

  beforeAll(async () => {
    ours = makeAgeKey(join(scratch, 'ours'));
    server = await S3Server.start('copies');
    proxy = await FaultProxy.start(server.endpoint);
  });
  afterEach(() => proxy.reset());
  afterAll(async () => {
    proxy?.stop();
    await server?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  const address = (folder: string, { bucket = 'copies', endpoint = `http://${proxy.host}` } = {}) =>
    `s3://${bucket}/${folder}?endpoint=${endpoint}`;
  const options = (environment: NodeJS.ProcessEnv = server.key) => ({ drafts, environment });
  const place = (folder: string) => openPlace(address(folder), options());
  const write = (folder: string, made: string, tokens: string | Uint8Array = 'the administrator’s key') =>
    writeSmallBackup(place(folder), ours.recipient, made, tokens);
  const tokensOf = (kept: string) =>
    withBackup(kept, options(), async (folder) => {
      await readBackup(folder);
      return await unseal(join(folder, 'tokens.gz.age'), ours.file, buffer);
    });
  const sends =
    (key: string, method = 'PUT') =>
    (request: SeenRequest) =>
      request.method === method && request.path.includes(key);
  const cut = (response: { destroy(): void }) => void response.destroy();

  test('one comes out as it went in, and nothing of it stays here or is there in clear', async () => {
    const { kept } = await write('main/daily', '2026-11-26T01:45:00Z');
    expect(kept).toBe(`${address('main/daily/main-2026-11-26T014500Z')}&region=us-east-1`);
    expect(server.keys('copies', 'main/daily/main-2026-11-26T014500Z')).toEqual([
      'SHA256SUMS',
      'backup.json',
      'state/main-machines.gz.age',
      'tokens.gz.age',
    ]);
    const stored = server.file('copies', 'main/daily/main-2026-11-26T014500Z/tokens.gz.age');
    expect(readFileSync(stored, 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    expect((await tokensOf(kept)).toString()).toBe('the administrator’s key');
    expect(readdirSync(drafts)).toEqual([]);
  });

  test('a large part goes and comes in pieces, of which one that breaks off is sent again', async () => {
    const content = randomBytes(40_000_000);
    proxy.failing(2, sends('partNumber=2'), cut);
    const { kept } = await write('large', '2026-11-26T01:45:00Z', content);
    expect(proxy.seen.filter(sends('tokens.gz.age?partNumber='))).toHaveLength(3 + 2);
    proxy.reset();
    expect((await tokensOf(kept)).equals(content)).toBe(true);
    expect(proxy.seen.filter(sends('tokens.gz.age', 'GET')).map(({ headers }) => headers.range)).toEqual([
      'bytes=0-16777215',
      'bytes=16777216-33554431',
      expect.stringMatching(/^bytes=33554432-\d+$/),
    ]);
  });

  test('an upload that breaks off for good leaves nothing, and the older ones as they were', async () => {
    await write('broken', '2026-11-25T01:45:00Z');
    const before = server.keys('copies', 'broken');
    proxy.fault = (request) => (sends('partNumber=3')(request) ? cut : undefined);
    const failing = write('broken', '2026-11-26T01:45:00Z', randomBytes(40_000_000));
    await expect(failing).rejects.toThrow(
      /s3:\/\/copies\/broken\S*: did not answer, also when asked again \(write main-2026-11-26T014500Z\/tokens.gz.age/,
    );
    expect(server.keys('copies', 'broken')).toEqual(before);
    expect(proxy.seen.filter(sends('uploadId=', 'DELETE'))).toHaveLength(1);
    expect(readdirSync(drafts)).toEqual([]);
  });

  test('what a killed run left is no backup, and goes with those that are older than the last', async () => {
    proxy.fault = (request) =>
      /SHA256SUMS/.test(request.path) || request.method === 'DELETE' ? cut : undefined;
    await expect(write('kept', '2026-11-20T00:00:00Z')).rejects.toThrow('did not answer');
    proxy.reset();
    expect(server.keys('copies', 'kept')).toHaveLength(3);
    await expect(tokensOf(address('kept/main-2026-11-20T000000Z'))).rejects.toThrow(
      'SHA256SUMS: is not there: this is no backup, or not a whole one',
    );
    for (const day of [21, 22]) await write('kept', `2026-11-${day}T00:00:00Z`);
    await writeSmallBackup(place('kept'), ours.recipient, '2026-11-19T00:00:00Z', 'of another time');
    const { name } = await write('kept', '2026-11-23T00:00:00Z');
    expect(await removeOldBackups(place('kept'), name, 'main', 2)).toEqual([
      'main-2026-11-19T000000Z',
      'main-2026-11-20T000000Z',
      'main-2026-11-21T000000Z',
    ]);
    const left = server.keys('copies', 'kept').map((key) => key.replace(/\/.*/, ''));
    expect([...new Set(left)]).toEqual(['main-2026-11-22T000000Z', 'main-2026-11-23T000000Z']);
  });

  test('checksums go first, so that half a backup that is deleted is none', async () => {
    const { name, kept } = await write('deleted', '2026-11-26T01:45:00Z');
    proxy.fault = (request) => (sends('tokens', 'DELETE')(request) ? cut : undefined);
    await expect(place('deleted').remove(name)).rejects.toThrow('did not answer');
    await expect(tokensOf(kept)).rejects.toThrow('this is no backup, or not a whole one');
  });

  test('half an object is found before anything of it is used', async () => {
    const { kept } = await write('half', '2026-11-26T01:45:00Z');
    truncateSync(server.file('copies', 'half/main-2026-11-26T014500Z/tokens.gz.age'), 100);
    await expect(tokensOf(kept)).rejects.toThrow('tokens.gz.age: is not what was written');
    expect(readdirSync(drafts)).toEqual([]);
  });

  test.each([
    // By a word of its own; that of others is in bucket-refusal.test.ts.
    ['an unknown key', { AWS_ACCESS_KEY_ID: 'stranger' }, {}, /No user exists with the provided access key/],
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'x' }, {}, /AWS_SECRET_ACCESS_KEY is not that of/],
    ['no bucket', {}, { bucket: 'nowhere' }, /s3:\/\/nowhere\S*: is not there: make it first/],
  ])('%s is told as such, and no secret is shown', async (_, environment, where, message) => {
    const one = openPlace(address('x', where), options({ ...server.key, ...environment }));
    const error = await one.list('').catch((reason: Error) => reason);
    expect(`${error}`).toMatch(message);
    expect(`${error}`).not.toContain(server.key.AWS_SECRET_ACCESS_KEY);
  });

  test('where nobody answers, it says so', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const none = openPlace(address('x', { endpoint }), options());
    await expect(none.list('')).rejects.toThrow(
      /did not answer, also when asked again \(list it: ECONNREFUSED/,
    );
  });

  test('without a key it says which variables to set', () => {
    expect(() => openPlace(address('x'), options({ AWS_ACCESS_KEY_ID: 'keelson' }))).toThrow(
      'AWS_SECRET_ACCESS_KEY: is not set',
    );
  });
});
