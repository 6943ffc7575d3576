import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ETCD, KUBERNETES, KWOK } from '../../embedded/binaries/go-modules.js';
import { thisPlatform } from '../../embedded/binaries/platform.js';
import { downloadRelease, whyNotPublished } from '../../embedded/binaries/releases.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type HttpServer, serveFiles } from './http-server.js';

const folder = temporaryFolder();
const { architecture } = thisPlatform();
const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
let server: HttpServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A tar.gz with one file. */
function archive(member: string, content: string): Buffer {
  const root = join(folder(), 'packed');
  mkdirSync(dirname(join(root, member)), { recursive: true });
  writeFileSync(join(root, member), content);
  return execFileSync('tar', ['-czf', '-', '-C', root, member]);
}

async function fetchRelease(binary: string, files: Record<string, string | Buffer>): Promise<string> {
  server = await serveFiles(files);
  const target = join(folder(), 'releases');
  const hosts = { kubernetes: server.url, etcd: server.url, kwok: server.url };
  await downloadRelease(binary, target, { hosts, report: () => undefined });
  expect(readdirSync(target)).toEqual([binary]);
  expect(statSync(join(target, binary)).mode & 0o777).toBe(0o755);
  return readFileSync(join(target, binary), 'utf8');
}

test('a Kubernetes binary comes with its .sha256', async () => {
  const path = `/${KUBERNETES.version}/bin/linux/${architecture}/kube-scheduler`;
  const files = { [path]: 'scheduler', [`${path}.sha256`]: `${hash('scheduler')}\n` };
  expect(await fetchRelease('kube-scheduler', files)).toBe('scheduler');
});

test('etcd is taken out of its archive, which SHA256SUMS names', async () => {
  const name = `etcd-${ETCD.version}-linux-${architecture}`;
  const packed = archive(`${name}/etcd`, 'store');
  const files = {
    [`/${ETCD.version}/SHA256SUMS`]: `${hash('x')}  other.tar.gz\n${hash(packed)}  ${name}.tar.gz\n`,
    [`/${ETCD.version}/${name}.tar.gz`]: packed,
  };
  expect(await fetchRelease('etcd', files)).toBe('store');
});

describe('kwok', () => {
  function image(layer: Buffer, named = layer): Record<string, string | Buffer> {
    const manifest = JSON.stringify({
      layers: [{ digest: 'sha256:base' }, { digest: `sha256:${hash(named)}` }],
    });
    const digest = `sha256:${hash(manifest)}`;
    const platform = { os: 'linux', architecture };
    return {
      [`/v2/kwok/kwok/manifests/${KWOK.version}`]: JSON.stringify({ manifests: [{ digest, platform }] }),
      [`/v2/kwok/kwok/manifests/${digest}`]: manifest,
      [`/v2/kwok/kwok/blobs/sha256:${hash(named)}`]: layer,
    };
  }

  test('is the uppermost layer of its image', async () => {
    expect(await fetchRelease('kwok', image(archive('usr/local/bin/kwok', 'simulator')))).toBe('simulator');
  });

  test('is refused if the layer is another than the image names', async () => {
    const files = image(archive('usr/local/bin/kwok', 'simulator'), Buffer.from('what was meant'));
    await expect(fetchRelease('kwok', files)).rejects.toThrow('the published one is');
  });
});

test('nothing is published for other platforms than Linux on amd64 and arm64', () => {
  expect(whyNotPublished({ os: 'linux', architecture: 'arm64' })).toBeUndefined();
  expect(whyNotPublished({ os: 'darwin', architecture: 'arm64' })).toContain('this is darwin/arm64');
});
