import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../../embedded/binaries/cache.js';
import { thisPlatform } from '../../../embedded/binaries/platform.js';

/** What an image is made of; the same contents give the same bytes. */
export interface ImageContents {
  /** Folder whose files come first. @default none */
  readonly root?: string;
  /** Files by their path in the image: where they are here. All of them can be executed. @default none */
  readonly files?: Readonly<Record<string, string>>;
  /** Symbolic links by their path in the image. @default none */
  readonly links?: Readonly<Record<string, string>>;
  /** @default root, as in images that say nothing */
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  /** @default none */
  readonly labels?: Readonly<Record<string, string>>;
}

/** An image as a folder in the OCI layout. */
export interface Image {
  readonly layout: string;
  /** `sha256:…` of its manifest. */
  readonly digest: string;
}

/** What nobody reads in a container. */
const LEFT_OUT = ['doc', 'man', 'locale', 'lintian', 'bash-completion', 'info'].map(
  (name) => `usr/share/${name}`,
);

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** Makes an image of one layer, or takes it from the cache. */
export async function buildImage(contents: ImageContents): Promise<Image> {
  const target = join(cacheDirectory(), 'lab', `image-${await keyOf(contents)}`);
  if (!existsSync(target)) {
    const workplace = `${target}.partial-${process.pid}`;
    await rm(workplace, { recursive: true, force: true });
    await writeLayout(contents, workplace);
    await rename(join(workplace, 'layout'), target);
    await rm(workplace, { recursive: true });
  }
  const index = JSON.parse(await readFile(join(target, 'index.json'), 'utf8')) as {
    manifests: [{ digest: string }];
  };
  return { layout: target, digest: index.manifests[0].digest };
}

/** Folders of the cache are named by their contents; other files are read. */
async function keyOf(contents: ImageContents): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([contents, thisPlatform()]));
  for (const path of Object.values(contents.files ?? {}))
    await pipeline(createReadStream(path), hash, { end: false });
  return hash.digest('hex').slice(0, 16);
}

async function writeLayout(contents: ImageContents, workplace: string): Promise<void> {
  const { files = {}, links = {}, user, entrypoint, labels } = contents;
  const root = join(workplace, 'root');
  const layout = join(workplace, 'layout');
  const blobs = join(layout, 'blobs', 'sha256');
  await mkdir(root, { recursive: true });
  await mkdir(blobs, { recursive: true });
  if (contents.root) await cp(contents.root, root, { recursive: true, verbatimSymlinks: true });
  for (const path of LEFT_OUT) await rm(join(root, path), { recursive: true, force: true });
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await cp(source, join(root, path));
    await chmod(join(root, path), 0o755);
  }
  for (const [path, destination] of Object.entries(links)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await symlink(destination, join(root, path));
  }
  const blob = async (mediaType: string, path: string) => {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const digest = hash.digest('hex');
    await rename(path, join(blobs, digest));
    return { mediaType, digest: `sha256:${digest}`, size: (await stat(join(blobs, digest))).size };
  };
  const json = async (mediaType: string, content: unknown) => {
    const path = join(workplace, 'content.json');
    await writeFile(path, JSON.stringify(content));
    return await blob(mediaType, path);
  };
  const archive = join(workplace, 'layer.tar');
  const same = [
    '--sort=name',
    '--mtime=@0',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=go+rX,go-w',
  ];
  await promisify(execFile)('tar', [...same, '--format=gnu', '-cf', archive, '-C', root, '.']);
  const layer = await blob('application/vnd.oci.image.layer.v1.tar', archive);
  const { os, architecture } = thisPlatform();
  const config = await json('application/vnd.oci.image.config.v1+json', {
    os,
    architecture,
    config: {
      User: user,
      Entrypoint: entrypoint,
      Labels: labels,
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin'],
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = await json(MANIFEST, { schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] });
  await writeFile(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
}
