import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, type ImageContents } from './images/image.js';

const folder = mkdtempSync(join(tmpdir(), 'keelson-image-'));
const cacheBefore = process.env.KEELSON_CACHE;

afterAll(() => {
  if (cacheBefore === undefined) delete process.env.KEELSON_CACHE;
  else process.env.KEELSON_CACHE = cacheBefore;
  rmSync(folder, { recursive: true });
});

/** The same contents, made again elsewhere at another time. */
async function build(time: number, change: Partial<ImageContents> = {}) {
  const place = mkdtempSync(join(folder, 'place-'));
  process.env.KEELSON_CACHE = join(place, 'cache');
  mkdirSync(join(place, 'root', 'usr', 'share', 'doc'), { recursive: true });
  const file = join(place, 'root', 'usr', 'share', 'doc', 'readme');
  const program = join(place, 'program');
  writeFileSync(file, 'long text');
  writeFileSync(program, '#!/bin/sh\n');
  symlinkSync('usr/bin', join(place, 'root', 'bin'));
  for (const path of [file, program]) utimesSync(path, time, time);
  const files = { 'usr/bin/program': program };
  return buildImage({ root: join(place, 'root'), files, user: '10001', ...change });
}

test('the same contents are the same image, whenever and wherever they are put together', async () => {
  const [one, other] = [await build(1e9), await build(1.5e9)];
  expect(one.layout).not.toBe(other.layout);
  expect(one.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(other.digest).toBe(one.digest);
});

test('another user is another image', async () => {
  const [one, other] = [await build(1e9), await build(1e9, { user: '0' })];
  expect(other.digest).not.toBe(one.digest);
});

test('manifest, configuration and layer are in the layout by their digests', async () => {
  const { layout, digest } = await build(1e9);
  const blob = (name: string) => join(layout, 'blobs', name.replace(':', '/'));
  const manifest = JSON.parse(readFileSync(blob(digest), 'utf8'));
  const config = JSON.parse(readFileSync(blob(manifest.config.digest), 'utf8'));
  expect(config.config.User).toBe('10001');
  expect(config.rootfs.diff_ids).toEqual([manifest.layers[0].digest]);
  expect(lstatSync(blob(manifest.layers[0].digest)).size).toBe(manifest.layers[0].size);
  expect(existsSync(join(layout, 'oci-layout'))).toBe(true);
});
