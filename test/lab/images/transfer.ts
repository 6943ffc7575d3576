import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { RegistryClient } from '../../support/registry-client.js';
import type { Image } from './image.js';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
}

/**
 * Gives an image to containerd by its name, without any registry: for what must run before there is one.
 * @param enter command that runs another on the node
 */
export async function importImage(name: string, image: Image, enter: readonly string[] = []): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-image-'));
  try {
    cpSync(image.layout, folder, { recursive: true });
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as { manifests: object[] };
    const annotations = { 'io.containerd.image.name': name };
    const manifests = index.manifests.map((manifest) => ({ ...manifest, annotations }));
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
    const script = 'folder=$1; shift; tar -cf - -C "$folder" . | "$@" ctr --namespace k8s.io images import -';
    await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script, 'bash', folder, ...enter]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Pushes an image as clients of a registry do.
 * @param registry its URL
 * @param name as manifests have it, such as `registry.example.com/lunch/web:1.4.2`: a mirror leaves the host out
 */
export async function pushImage(registry: string, name: string, { layout, digest }: Image): Promise<void> {
  const reference = name.slice(name.indexOf('/') + 1);
  const client = new RegistryClient(registry);
  const [repository = '', tag = ''] = reference.split(':');
  const blob = (name: string) => readFileSync(join(layout, 'blobs', name.replace(':', '/')));
  const manifest = blob(digest);
  const { config, layers, mediaType } = JSON.parse(manifest.toString()) as {
    config: Descriptor;
    layers: readonly Descriptor[];
    mediaType: string;
  };
  for (const part of [config, ...layers]) await client.pushBlob(repository, blob(part.digest));
  const put = await client.request(`/v2/${repository}/manifests/${tag}`, {
    method: 'PUT',
    body: new Uint8Array(manifest),
    headers: { 'content-type': mediaType },
  });
  if (put.status !== 201)
    throw new Error(`${registry} refused ${reference}: ${put.status} ${await put.text()}`);
}
