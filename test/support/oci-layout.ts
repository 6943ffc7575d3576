import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** Writes images as a builder does, with layers that are random bytes or given. */
export class LayoutWriter {
  constructor(readonly folder: string) {
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  }

  /** An image of one layer, alone in the layout. @returns its digest */
  image(layer: Buffer = randomBytes(20_000)): string {
    const descriptor = this.manifest(layer);
    this.index([descriptor]);
    return descriptor.digest;
  }

  /** One image for two platforms. @returns digest of what names both */
  platforms(): string {
    const manifests = ['amd64', 'arm64'].map((architecture) => ({
      ...this.manifest(randomBytes(5_000), architecture),
      platform: { architecture, os: 'linux' },
    }));
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    const descriptor = this.json(mediaType, { schemaVersion: 2, mediaType, manifests });
    this.index([descriptor]);
    return descriptor.digest;
  }

  index(manifests: readonly object[]): void {
    writeFileSync(join(this.folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  }

  private manifest(layer: Buffer, architecture = 'amd64') {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    return this.json(mediaType, {
      schemaVersion: 2,
      mediaType,
      config: this.json('application/vnd.oci.image.config.v1+json', {
        architecture,
        os: 'linux',
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      }),
      layers: [this.blob('application/vnd.oci.image.layer.v1.tar', layer)],
    });
  }

  private json = (mediaType: string, value: unknown) =>
    this.blob(mediaType, Buffer.from(JSON.stringify(value)));

  private blob(mediaType: string, bytes: Buffer) {
    const digest = digestOf(bytes);
    writeFileSync(join(this.folder, 'blobs', digest.replace(':', '/')), bytes);
    return { mediaType, digest, size: bytes.length };
  }
}
