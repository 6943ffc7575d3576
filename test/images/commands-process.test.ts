import { readdirSync } from 'node:fs';
import { answering, FaultProxy } from '../support/fault-proxy.js';
import { ImageRegistry } from '../support/image-registry.js';
import { runKeelson } from '../support/keelson-runs.js';
import { registryMissing } from '../support/registry-process.js';
import { Shop } from '../support/shop.js';

/*
 * The verbs of `keelson images` with a real registry. What builds is a recording stub of docker (test/support/docker-stub.js);
 * buildkit-process.test.ts has the real BuildKit.
 */

const missing = registryMissing();
if (missing)
  console.warn(`Without ${missing} the verbs of images are not tested: apt-get install docker-registry`);
const withRegistry = missing ? describe.skip : describe;

let registry: ImageRegistry;
let proxy: FaultProxy;
let shop: Shop;

withRegistry('keelson images', () => {
  beforeAll(async () => {
    registry = await ImageRegistry.start();
    proxy = await FaultProxy.start(registry.url);
  });
  beforeEach(() => {
    proxy.reset();
  });
  afterAll(() => {
    proxy?.stop();
    registry?.stop();
  });

  const images = (...args: readonly string[]) => shop.keelson(['images', ...args]);
  const ok = async (...args: readonly string[]) => {
    const run = await images(...args);
    expect([args, run.status, run.stderr.replace(/^ {2}.*\n/gm, '')]).toEqual([args, 0, '']);
    return run;
  };

  describe('from a version to production', () => {
    beforeAll(() => {
      shop = new Shop(proxy.host);
    });
    afterAll(() => shop.remove());

    test('release: builds, publishes, and locks tag and digest', async () => {
      const { stdout } = await ok('release', 'staging');
      expect(stdout).toContain('2 images of staging in images.lock.json');
      const { web, api } = shop.lock();
      expect(web?.staging).toEqual({
        repository: `${proxy.host}/shop/web`,
        tag: '1.0.0',
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      });
      expect(api?.staging?.digest).not.toBe(web?.staging?.digest);
      expect(shop.builds().map((args) => args.at(-1))).toEqual(
        expect.arrayContaining([`${shop.folder}/web`, `${shop.folder}/api`]),
      );
      expect(shop.read('.keelson/.gitignore')).toBe('*\n');
    });

    test('release again: what is published is not built again, and nothing changes', async () => {
      shop.forgetBuilds();
      const { stdout, stderr } = await ok('release', 'staging');
      expect(stdout).toBe('staging has these images already; nothing changed\n');
      expect(stderr).toContain('web 1.0.0: published already, not built again, sha256:');
      expect(shop.builds()).toEqual([]);
    });

    test('another content under a published version is refused', async () => {
      shop.write('web/content', 'web two\n');
      await ok('build', 'web');
      const before = shop.read('images.lock.json');
      const { status, stderr } = await images('publish', 'web');
      expect(status).toBe(1);
      expect(stderr).toMatch(/shop\/web:1\.0\.0: is published already as sha256:.*raise the version of web/);
      expect(shop.read('images.lock.json')).toBe(before);
    });

    test('a raised version: of two services one is built', async () => {
      shop.write('web/VERSION', '1.1.0-rc.1\n');
      shop.forgetBuilds();
      await ok('release', 'staging');
      expect(shop.builds()).toHaveLength(1);
      expect(shop.lock().web?.staging?.tag).toBe('1.1.0-rc.1');
      expect(shop.lock().api?.staging?.tag).toBe('1.0.0');
    });

    test('promote copies what staging runs, and changes exactly one file', async () => {
      shop.git('init', '--quiet', '--initial-branch', 'main');
      shop.commit('staging');
      shop.forgetBuilds();
      proxy.reset();
      const { stdout } = await ok('promote', 'staging', 'production');
      expect(stdout).toContain('2 images of production in images.lock.json');
      expect(shop.git('status', '--porcelain')).toBe('M images.lock.json');
      expect(shop.lock().web?.production).toEqual(shop.lock().web?.staging);
      expect([shop.builds(), proxy.seen]).toEqual([[], []]);
      shop.commit('production');
    });

    test('set: the newest version; a prerelease only where it is asked for', async () => {
      expect((await ok('set', 'staging')).stdout).toMatch(
        /^web {2}1\.1\.0-rc\.1 → 1\.0\.0\n1 image of staging/,
      );
      expect((await ok('set', 'staging', 'web', '--prerelease')).stdout).toContain('1.0.0 → 1.1.0-rc.1');
      await ok('set', 'staging', 'web', '--tag', '1.0.0');
      expect(shop.lock().web?.staging?.tag).toBe('1.0.0');
      expect((await images('set', 'staging', 'web', '--tag', '9.9.9')).stderr).toContain('has no tag 9.9.9');
      await ok('promote', 'production', 'staging');
      expect(shop.git('status', '--porcelain')).toBe('');
    });

    test('a personal environment: tagged with its name, which moves', async () => {
      await ok('release', 'ada', 'web');
      const first = shop.lock().web?.ada;
      expect(first?.tag).toBe('ada');
      shop.write('web/content', 'web three\n');
      expect((await ok('release', 'ada', 'web')).stdout).toMatch(
        /^web {2}ada@sha256:[0-9a-f]{12} → ada@sha256:/,
      );
      expect(shop.lock().web?.ada?.digest).not.toBe(first?.digest);
      expect(shop.lock().api?.ada).toBeUndefined();
    });

    test('check: all as locked, then a tag that moved, a newer version, and an image that is gone', async () => {
      expect((await ok('check')).stdout).toBe('5 images in 3 environments: 5 as locked\n');
      shop.write('web/content', 'web four\n');
      await ok('build', 'web', '--tag', 'ada');
      await ok('publish', 'web', '--tag', 'ada');
      const moved = await images('check');
      expect(moved.status).toBe(1);
      expect(moved.stdout).toMatch(/^ada\/web: MOVED: .*shop\/web:ada is sha256:[0-9a-f]{12} now/);
      shop.write('api/VERSION', '2.0.0');
      await ok('build', 'api');
      await ok('publish', 'api');
      expect((await ok('check', 'production')).stdout).toContain('2 as locked');
      const { status, stdout } = await images('check', 'production', 'staging', '--latest');
      expect([status, stdout]).toEqual([
        1,
        expect.stringContaining('staging/api, production/api: OUTDATED: '),
      ]);
      const { digest = '' } = shop.lock().api?.production ?? {};
      await fetch(`${registry.url}/v2/shop/api/manifests/${digest}`, { method: 'DELETE' });
      const gone = await images('check', 'production');
      expect([gone.status, gone.stdout]).toEqual([
        1,
        expect.stringMatching(/MISSING: .*shop\/api has no sha256:/),
      ]);
    });
  });

  describe('bad input: nothing is written', () => {
    let before: string;
    beforeAll(() => {
      shop = new Shop(proxy.host);
    });
    beforeEach(() => {
      shop.write(
        'images.lock.json',
        '{ "web": { "staging": { "repository": "localhost:5000/shop/web", "tag": "1.0.0" } } }',
      );
      before = shop.read('images.lock.json');
    });
    afterAll(() => shop.remove());
    const fails = async (args: readonly string[], status = 1) => {
      const run = await images(...args);
      expect([args, run.status, run.stdout]).toEqual([args, status, '']);
      expect(shop.read('images.lock.json')).toBe(before);
      expect(readdirSync(shop.folder).filter((name) => name.startsWith('.images'))).toEqual([]);
      return run.stderr;
    };

    test('wrong words on the command line', () => {
      const cases: [args: string[], words: string][] = [
        [['promote', 'stagin', 'production'], 'there is no "stagin"; did you mean "staging"?'],
        [['promote', 'staging', 'production', 'wbe'], 'staging does not run it; did you mean "web"?'],
        [['promote', 'production', 'staging'], 'production: has no image in images.lock.json'],
        [['build', 'wep'], 'did you mean "web"?'],
        [['build', '--tag', 'latest'], '"latest" names no version'],
        [['publish'], 'holds no built image; run `keelson images build`'],
        [['set', 'staging', 'cart'], 'neither images.lock.json nor builds names it'],
        [['set', 'staging', 'web', '--via', 'x'], 'such as registry.internal=localhost:5000'],
        [['sett'], 'Did you mean set?'],
      ];
      const runs = runKeelson(cases.map(([args]) => ({ args: ['images', ...args], folder: shop.folder })));
      const told = runs.map(({ status, stderr }, index) => [
        status,
        stderr.includes(cases[index]?.[1] ?? '') || stderr,
      ]);
      expect(told).toEqual(cases.map(() => [1, true]));
      expect(shop.read('images.lock.json')).toBe(before);
    });

    test('a lock file edited into nonsense: each problem is named', async () => {
      before = `{
  "web": { "staging": { "repository": "Localhost/web:1", "tag": "latest", "digets": "sha256:12" } },
  "Api": { "staging": { "tag": "1.0.0" } }
}`;
      shop.write('images.lock.json', before);
      const message = await fails(['promote', 'staging', 'production']);
      for (const words of [
        'images.lock.json has ',
        '"Localhost/web:1" is no repository',
        '"latest" names no version',
        'did you mean "digest"?',
        '"Api" is no valid name',
        'Api.staging.repository: is missing',
      ])
        expect(message).toContain(words);
    });

    test('an environment that nobody has', async () => {
      before = '{ "web": { "stagin": { "repository": "localhost:5000/shop/web", "tag": "1.0.0" } } }';
      shop.write('images.lock.json', before);
      expect(await fails(['check'], 2)).toContain(
        'web.stagin: there is no such environment; did you mean "staging"?',
      );
    });

    test('a build that fails shows why, for every service; nothing is published', async () => {
      for (const service of ['web', 'api']) {
        shop.write(`${service}/fail`, '');
        shop.write(`${service}/VERSION`, '5.0.0');
      }
      const message = await fails(['release', 'staging']);
      expect(message).toContain(
        'web: The build failed; all of its output is in .keelson/images/web/build.log',
      );
      expect(message).toContain('did not complete successfully');
      expect(message).toContain('api: The build failed');
      expect(proxy.seen.filter(({ method }) => method !== 'HEAD')).toEqual([]);
    });

    test('a registry that answers 429 to everything, or 401: the check says that it does not know', async () => {
      proxy.fault = () => answering(429, { 'retry-after': '600' });
      shop.write('images.lock.json', before.replace('localhost:5000', proxy.host));
      const busy = await images('check');
      expect([busy.status, busy.stdout]).toEqual([
        2,
        expect.stringContaining('staging/web: UNKNOWN: has had too many requests'),
      ]);
      proxy.fault = () => answering(401);
      const closed = await images('check');
      expect([closed.status, closed.stdout]).toEqual([2, expect.stringContaining('asks for a login')]);
    });
  });
});
