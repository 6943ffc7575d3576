import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import { SUMS } from './backup-folder.js';
import { Bucket } from './bucket/bucket.js';
import { isAddress, parseBucketAddress } from './bucket/bucket-address.js';
import { bucketKey } from './bucket/bucket-key.js';
import type { PlaceOptions } from './open-place.js';

/** What a backup has in it; another name may lead out of its folder. */
const FILE = /^(backup\.json|SHA256SUMS|([\w-][\w.-]*\/)*[\w-][\w.-]*\.age)$/;

/**
 * Gives a backup as a folder of this machine: of a bucket a copy, encrypted as it is, which goes again. A restore that
 * has begun must not end with a connection to somewhere else.
 *
 * @param given a folder, or what `keelson backup --to s3://…` said
 * @throws KeelsonError where there is no such backup; else what `use` throws
 */
export async function withBackup<T>(
  given: string,
  { drafts, environment, report, signal }: PlaceOptions,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  if (!isAddress(given)) return await use(resolve(given));
  const address = parseBucketAddress(given, 'the backup');
  const bucket = new Bucket(address, bucketKey(environment));
  const objects = await bucket.list('', signal);
  if (!objects.some(({ key }) => key === SUMS))
    throw new KeelsonError(`The backup ${given}`, [
      { where: SUMS, message: 'is not there: this is no backup, or not a whole one' },
    ]);
  await mkdir(drafts, { recursive: true });
  const folder = await mkdtemp(join(drafts, 'fetched-'));
  try {
    for (const object of objects.filter(({ key }) => FILE.test(key))) {
      report?.(`from the bucket: ${object.key}`);
      await bucket.get(object, join(folder, object.key), signal);
    }
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
