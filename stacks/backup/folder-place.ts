import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type BackupPlace, DRAFT } from './backup-place.js';

/** A folder that keeps backups, which are folders. */
export const folderPlace = (folder: string): BackupPlace => ({
  drafts: folder,
  async list(start) {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const found = names.filter((name) => name.startsWith(start));
    return found.map((name) =>
      name.endsWith(DRAFT) ? { name: name.slice(0, -DRAFT.length), whole: false } : { name, whole: true },
    );
  },
  async keep(draft, name) {
    const target = join(folder, name);
    await rename(draft, target);
    return target;
  },
  async remove(name) {
    for (const path of [name, `${name}${DRAFT}`])
      await rm(join(folder, path), { recursive: true, force: true });
  },
});
