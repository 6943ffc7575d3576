import { createHash } from 'node:crypto';
import { fetchText } from './download.js';

const INDEX =
  'application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json';
const MANIFEST =
  'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json';

interface Index {
  readonly manifests?: readonly { digest: string; platform?: { os: string; architecture: string } }[];
}

interface Manifest {
  readonly layers: readonly { digest: string }[];
}

/** A layer's archive (tar, gzip) and the SHA-256 by which the image names it. */
export interface Layer {
  readonly url: string;
  readonly sha256: string;
}

/** The layers of a public image for Linux, the uppermost first. */
export async function imageLayers(
  image: { registry: string; repository: string; tag: string; architecture: string },
  signal?: AbortSignal,
): Promise<readonly Layer[]> {
  const { registry, repository, tag, architecture } = image;
  const base = `${registry}/v2/${repository}`;
  const index = JSON.parse(
    await fetchText(`${base}/manifests/${tag}`, { headers: { accept: INDEX }, signal }),
  ) as Index;
  const entry = index.manifests?.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  );
  if (!entry) throw new Error(`${base}:${tag} is not published for linux/${architecture}`);
  const text = await fetchText(`${base}/manifests/${entry.digest}`, {
    headers: { accept: MANIFEST },
    signal,
  });
  if (`sha256:${createHash('sha256').update(text).digest('hex')}` !== entry.digest) {
    throw new Error(`${base}@${entry.digest} answered something that does not have this digest`);
  }
  const { layers } = JSON.parse(text) as Manifest;
  return layers
    .map(({ digest }) => ({ url: `${base}/blobs/${digest}`, sha256: digest.replace('sha256:', '') }))
    .reverse();
}
