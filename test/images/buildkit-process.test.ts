import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Layout } from '../../cli/images/layout.js';
import { goTool } from '../support/go-tool.js';
import { ImageRegistry } from '../support/image-registry.js';
import { registryMissing } from '../support/registry-process.js';
import { Shop } from '../support/shop.js';
import { until } from '../support/until.js';

/*
 * The real BuildKit, built from its Go module. Its images are copied together and execute nothing, so it needs neither
 * runc nor a registry to fetch from: /bin/true stands where it looks for runc.
 */

const isAble = process.platform === 'linux' && process.getuid?.() === 0 && !registryMissing();
if (!isAble) console.warn('BuildKit is not tested: it needs Linux, root and docker-registry');
const withBuildKit = isAble ? test : test.skip;

const folder = mkdtempSync(join(tmpdir(), 'keelson-buildkit-'));
let daemon: ChildProcess | undefined;
let registry: ImageRegistry | undefined;
let shop: Shop | undefined;

afterAll(async () => {
  if (daemon) {
    const ended = new Promise((resolve) => daemon?.once('exit', resolve));
    daemon.kill('SIGTERM');
    await ended;
  }
  registry?.stop();
  shop?.remove();
  rmSync(folder, { recursive: true, force: true });
});

withBuildKit(
  'a release by buildctl and a buildkitd; skopeo reads what was built into it',
  async () => {
    const buildkitd = await goTool('buildkitd');
    const buildctl = await goTool('buildctl');
    const address = `unix://${folder}/buildkitd.sock`;
    daemon = spawn(
      buildkitd,
      [
        ...['--root', join(folder, 'root'), '--addr', address, '--containerd-worker=false'],
        ...['--oci-worker=true', '--oci-worker-binary=/bin/true', '--oci-worker-snapshotter=native'],
      ],
      { stdio: 'ignore' },
    );
    await until(
      'buildkitd answers',
      () => spawnSync(buildctl, ['--addr', address, 'debug', 'workers'], { timeout: 10_000 }).status === 0,
    );
    registry = await ImageRegistry.start();
    shop = new Shop(registry.host);
    const bin = join(folder, 'bin');
    spawnSync('mkdir', [bin]);
    symlinkSync(buildctl, join(bin, 'buildctl'));
    const environment = { BUILDKIT_HOST: address, PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin` };

    const { status, stdout, stderr } = await shop.keelson(['images', 'release', 'staging'], environment);
    expect([status, stdout]).toEqual([0, expect.stringContaining('2 images of staging')]);
    expect(stderr).toContain('web 1.0.0: building with buildctl');
    const { digest } = shop.lock().web?.staging ?? {};
    expect(new Layout(join(shop.folder, '.keelson/images/web/1.0.0')).image.descriptor.digest).toBe(digest);
    expect((await shop.keelson(['images', 'check'], environment)).stdout).toContain('2 as locked');

    shop.write('api/Dockerfile', 'FROM scratch\nCOPY nothing /content\n');
    const broken = await shop.keelson(['images', 'build', 'api'], environment);
    expect([broken.status, broken.stderr]).toEqual([1, expect.stringContaining('"/nothing": not found')]);

    if (spawnSync('skopeo', ['--version']).error) {
      console.warn('Without skopeo the layer is not looked into: apt-get install skopeo');
      return;
    }
    const from = `docker://${registry.host}/shop/web@${digest}`;
    const args = ['copy', '--insecure-policy', '--src-tls-verify=false', from, `dir:${folder}/copy`];
    expect(spawnSync('skopeo', args, { encoding: 'utf8' }).stderr).toBe('');
    const layer = new Layout(join(shop.folder, '.keelson/images/web/1.0.0')).image.blobs[1]?.digest ?? '';
    const file = join(folder, 'copy', layer.replace('sha256:', ''));
    expect(spawnSync('tar', ['-xzOf', file, 'content'], { encoding: 'utf8' }).stdout).toBe('web one\n');
  },
  1_200_000,
);
