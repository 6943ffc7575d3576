import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Report } from '../../../lib/progress.js';
import { SUMS } from '../backup-folder.js';
import type { BackupPlace } from '../backup-place.js';
import type { Bucket } from './bucket.js';
import { showBucketAddress } from './bucket-address.js';

interface Options {
  /** @see BackupPlace */
  readonly drafts: string;
  readonly report?: Report;
  readonly signal?: AbortSignal;
}

/**
 * A bucket that keeps backups. A bucket can rename nothing, so a backup is one when its checksums are there: these come
 * last and go first.
 */
export function bucketPlace(bucket: Bucket, { drafts, report, signal }: Options): BackupPlace {
  const remove = async (name: string): Promise<void> => {
    const keys = (await bucket.list(`${name}/`)).map(({ key }) => key);
    for (const key of sumsLast(keys).reverse()) await bucket.delete(key);
  };
  return {
    drafts,
    remove,
    async list(start) {
      const keys = (await bucket.list(start, signal)).map(({ key }) => key);
      const names = new Set(keys.filter((key) => key.includes('/')).map((key) => key.replace(/\/.*/s, '')));
      return [...names].map((name) => ({ name, whole: keys.includes(`${name}/${SUMS}`) }));
    },
    async keep(draft, name) {
      const entries = await readdir(draft, { recursive: true, withFileTypes: true });
      const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      const prefix = [bucket.address.prefix, name].filter(Boolean).join('/');
      try {
        for (const file of sumsLast(files)) {
          const key = `${name}${file.slice(draft.length)}`;
          report?.(`${showBucketAddress(bucket.address)}: ${key}`);
          await bucket.put(key, file, signal);
        }
      } catch (error) {
        // What cannot be deleted now has no checksums, and goes with older backups.
        await remove(name).catch(() => undefined);
        throw error;
      }
      return showBucketAddress({ ...bucket.address, prefix });
    },
  };
}

const sumsLast = (files: readonly string[]): string[] =>
  [...files].sort((one, other) => Number(one.endsWith(`/${SUMS}`)) - Number(other.endsWith(`/${SUMS}`)));
