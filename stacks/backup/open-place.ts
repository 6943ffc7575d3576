import { resolve } from 'node:path';
import type { Report } from '../../lib/progress.js';
import type { BackupPlace } from './backup-place.js';
import { Bucket } from './bucket/bucket.js';
import { isAddress, parseBucketAddress } from './bucket/bucket-address.js';
import { bucketKey } from './bucket/bucket-key.js';
import { bucketPlace } from './bucket/bucket-place.js';
import { folderPlace } from './folder-place.js';

export interface PlaceOptions {
  /** Folder of this machine for what goes to a bucket or comes from one, encrypted. */
  readonly drafts: string;
  /** Has the key of a bucket. */
  readonly environment: NodeJS.ProcessEnv;
  readonly report?: Report;
  readonly signal?: AbortSignal;
}

/**
 * The place that `--to` names.
 *
 * @throws KeelsonError where it is neither a folder nor a bucket that can be opened
 */
export function openPlace(given: string, options: PlaceOptions): BackupPlace {
  if (!isAddress(given)) return folderPlace(resolve(given));
  const address = parseBucketAddress(given, '--to');
  return bucketPlace(new Bucket(address, bucketKey(options.environment)), options);
}
