import { chmod, mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { clusterClient } from './cluster-client.js';

/**
 * Where the controller-manager makes an empty folder for each claim, whatever it is told.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.34.4/pkg/volume/hostpath/host_path.go
 */
const FOLDER = '/tmp/hostpath_pv';

/**
 * It would make the folder for its own user alone, and no claim of another user's cluster would be bound. Where this
 * fails, as where another cluster's end removes the folder at that moment, a cluster starts all the same.
 */
export async function shareClaimedFolders(): Promise<void> {
  try {
    await mkdir(FOLDER);
    await chmod(FOLDER, 0o1777);
  } catch {}
}

interface Volumes {
  readonly items: readonly { readonly spec: { readonly hostPath?: { readonly path: string } } }[];
}

/** The folders of a cluster's claims; none where it does not answer. */
export async function claimedFolders(directory: string): Promise<readonly string[]> {
  try {
    const client = await clusterClient(directory);
    const { items } = JSON.parse((await client('/api/v1/persistentvolumes')).body) as Volumes;
    return items.map(({ spec }) => spec.hostPath?.path ?? '').filter((path) => dirname(path) === FOLDER);
  } catch {
    return [];
  }
}

/** Removes those that are empty, as all are to which nobody has written, and with the last one what they lie in. */
export async function removeClaimedFolders(folders: readonly string[]): Promise<void> {
  for (const folder of [...folders, FOLDER]) await rmdir(folder).catch(() => undefined);
}
