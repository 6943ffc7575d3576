import { createReadStream } from 'node:fs';
import { inParallel } from '../in-parallel.js';
import type { Layout, LayoutManifest } from './layout.js';
import type { Registries } from './registry/registry.js';

/** Blobs of one image that are sent at once. */
const UPLOADS = 4;

export interface Pushed {
  readonly digest: string;
  /** Sum of what was sent. */
  readonly bytes: number;
}

/**
 * Sends an image from a layout: first what a manifest names, then the manifest, so that the registry never has a tag of
 * half an image.
 */
export async function pushImage(
  registries: Registries,
  layout: Layout,
  repository: string,
  tag: string,
): Promise<Pushed> {
  return push(registries, layout, repository, layout.image, tag);
}

async function push(
  registries: Registries,
  layout: Layout,
  repository: string,
  { descriptor, bytes, blobs, manifests }: LayoutManifest,
  reference: string,
): Promise<Pushed> {
  let sent = 0;
  for (const child of manifests)
    sent += (await push(registries, layout, repository, layout.manifest(child), child.digest)).bytes;
  const once = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
  const sizes = await inParallel(once, UPLOADS, async (blob) => {
    const file = await layout.blob(blob);
    const outcome = await registries.putBlob(repository, { ...blob, open: () => createReadStream(file) });
    return outcome === 'uploaded' ? blob.size : 0;
  });
  const digest = await registries.putManifest(repository, reference, bytes, descriptor.mediaType);
  return { digest, bytes: sizes.reduce((sum, size) => sum + size, sent) };
}
