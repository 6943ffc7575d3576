import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError } from '../../lib/config/problem.js';
import { digestOf, digestOfFile } from './registry/digest.js';
import { type Descriptor, type Parts, partsOf } from './registry/manifest.js';

/** A manifest of a layout, with all that it names. */
export interface LayoutManifest extends Parts {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/**
 * An image on the disk, as a builder leaves it.
 *
 * @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md
 */
export class Layout {
  constructor(private readonly folder: string) {}

  /** @throws KeelsonError where it is not there, or holds more or less than one image */
  get image(): LayoutManifest {
    const index = join(this.folder, 'index.json');
    if (!existsSync(index)) throw this.problem('holds no built image; run `keelson images build`');
    const { manifests } = partsOf(readFileSync(index)) ?? {};
    const [first, ...others] = manifests ?? [];
    if (!first || others.length > 0)
      throw this.problem(`index.json names ${manifests?.length ?? 'no'} images; expected one. Build it anew`);
    return this.manifest(first);
  }

  /** @throws KeelsonError where its bytes are not what its digest says */
  manifest(descriptor: Descriptor): LayoutManifest {
    const file = this.fileOf(descriptor);
    const bytes = readFileSync(file);
    const parts = digestOf(bytes) === descriptor.digest ? partsOf(bytes) : undefined;
    if (!parts) throw this.problem(`${file} is not what its name says; build the image anew`);
    return { descriptor, bytes, ...parts };
  }

  /** The file of a blob. @throws KeelsonError where it is damaged */
  async blob(descriptor: Descriptor): Promise<string> {
    const file = this.fileOf(descriptor);
    if (statSync(file).size === descriptor.size && (await digestOfFile(file)) === descriptor.digest)
      return file;
    throw this.problem(`${file} is not what its name says; build the image anew`);
  }

  private fileOf({ digest }: Descriptor): string {
    const file = join(this.folder, 'blobs', digest.replace(':', '/'));
    if (!existsSync(file)) throw this.problem(`${file} is missing; build the image anew`);
    return file;
  }

  private problem = (message: string) =>
    new KeelsonError('The built image', [{ where: this.folder, message }]);
}
