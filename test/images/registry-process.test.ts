import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Layout } from '../../cli/images/layout.js';
import { pushImage } from '../../cli/images/push.js';
import { Registries } from '../../cli/images/registry/registry.js';
import { KeelsonError } from '../../lib/config/problem.js';
import { answering, FaultProxy, type SeenRequest } from '../support/fault-proxy.js';
import { ADA, ImageRegistry } from '../support/image-registry.js';
import { LayoutWriter } from '../support/oci-layout.js';
import { registryMissing } from '../support/registry-process.js';
import { TokenServer } from '../support/token-server.js';
import { freePort } from '../support/until.js';

const missing = registryMissing();
if (missing)
  console.warn(`Without ${missing} no real registry is spoken to: apt-get install docker-registry`);
const withRegistry = missing ? describe.skip : describe;

const NOWHERE = `sha256:${'0'.repeat(64)}`;
const scratch = mkdtempSync(join(tmpdir(), 'keelson-images-'));
const before = process.env.DOCKER_CONFIG;
let layouts = 0;
const layout = () => new LayoutWriter(join(scratch, `layout-${layouts++}`));

const logIn = (host: string, name: string, password: string) =>
  writeFileSync(
    join(scratch, 'config.json'),
    JSON.stringify({ auths: { [host]: { auth: Buffer.from(`${name}:${password}`).toString('base64') } } }),
  );
const logOut = () => rmSync(join(scratch, 'config.json'), { force: true });

const messageOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => {
      if (!(error instanceof KeelsonError)) throw error;
      return error.message;
    },
  );

beforeAll(() => {
  process.env.DOCKER_CONFIG = scratch;
});
afterEach(logOut);
afterAll(() => {
  if (before === undefined) delete process.env.DOCKER_CONFIG;
  else process.env.DOCKER_CONFIG = before;
  rmSync(scratch, { recursive: true, force: true });
});

withRegistry('a registry that everybody reaches', () => {
  let registry: ImageRegistry;
  let proxy: FaultProxy;
  const repository = (name: string) => `${proxy.host}/lunch/${name}`;
  const push = async (name: string, tag: string, writer = layout()) => {
    const digest = writer.image();
    await pushImage(new Registries(), new Layout(writer.folder), repository(name), tag);
    return digest;
  };
  const sent = (method: string, path: RegExp): SeenRequest[] =>
    proxy.seen.filter((one) => one.method === method && path.test(one.path));

  beforeAll(async () => {
    registry = await ImageRegistry.start();
    proxy = await FaultProxy.start(registry.url);
  });
  beforeEach(() => proxy.reset());
  afterAll(() => {
    proxy?.stop();
    registry?.stop();
  });

  test('what was pushed has the digest of its bytes, and skopeo copies it whole', async () => {
    const digest = await push('web', '1.0.0');
    expect(await new Registries().digestOf(repository('web'), '1.0.0')).toBe(digest);
    if (spawnSync('skopeo', ['--version']).error) {
      console.warn('Without skopeo only our own client reads what it pushed: apt-get install skopeo');
      return;
    }
    const copy = join(scratch, 'copy');
    const from = `docker://${registry.host}/lunch/web:1.0.0`;
    const { status, stderr } = spawnSync(
      'skopeo',
      ['copy', '--insecure-policy', '--src-tls-verify=false', '--preserve-digests', from, `oci:${copy}`],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(new Layout(copy).image.descriptor.digest).toBe(digest);
  });

  test('an image for several platforms is pushed with all of them', async () => {
    const writer = layout();
    const digest = writer.platforms();
    const { bytes } = await pushImage(
      new Registries(),
      new Layout(writer.folder),
      repository('both'),
      '1.0.0',
    );
    expect(bytes).toBeGreaterThan(10_000);
    expect(await new Registries().digestOf(repository('both'), digest)).toBe(digest);
    const { manifests } = new Layout(writer.folder).image;
    for (const one of manifests)
      expect(await new Registries().digestOf(repository('both'), one.digest)).toBe(one.digest);
  });

  test('the length of a layer is stated, and a layer that is there is not sent again', async () => {
    const writer = layout();
    await push('again', '1.0.0', writer);
    const uploads = sent('PUT', /blobs\/uploads/);
    expect(uploads.map(({ headers }) => headers['content-length'])).toContain('20000');
    expect(uploads.filter(({ headers }) => headers['transfer-encoding'] !== undefined)).toEqual([]);
    proxy.reset();
    const { bytes } = await pushImage(
      new Registries(),
      new Layout(writer.folder),
      repository('again'),
      '1.0.1',
    );
    expect([bytes, sent('POST', /./).length]).toEqual([0, 0]);
  });

  test('a layer that another repository has is mounted from it', async () => {
    const layer = randomBytes(30_000);
    const [one, other] = [layout(), layout()];
    one.image(layer);
    other.image(layer);
    const registries = new Registries();
    await pushImage(registries, new Layout(one.folder), repository('one'), '1.0.0');
    const { bytes } = await pushImage(registries, new Layout(other.folder), repository('other'), '1.0.0');
    expect(bytes).toBe(0);
    expect(sent('POST', /mount=sha256:[0-9a-f]{64}&from=lunch%2Fone/).length).toBeGreaterThan(0);
  });

  test('a layer as large as hundreds of writes arrives whole', async () => {
    const writer = layout();
    const digest = writer.image(randomBytes(20_000_000));
    await pushImage(new Registries(), new Layout(writer.folder), repository('large'), '1.0.0');
    expect(await new Registries().digestOf(repository('large'), '1.0.0')).toBe(digest);
  });

  test('all tags, also where they come in pages', async () => {
    const writer = layout();
    writer.image();
    for (const tag of ['1.0.0', '1.1.0', '1.2.0'])
      await pushImage(new Registries(), new Layout(writer.folder), repository('tags'), tag);
    expect((await new Registries().tags(repository('tags'))).sort()).toEqual(['1.0.0', '1.1.0', '1.2.0']);
    expect(await new Registries().tags(repository('nothing'))).toEqual([]);
    const pages = new Map([
      [
        '/v2/lunch/tags/tags/list?n=1000',
        { tags: ['a'], link: '</v2/lunch/tags/tags/list?last=a>; rel="next"' },
      ],
      ['/v2/lunch/tags/tags/list?last=a', { tags: ['b'], link: '<http://elsewhere.test/v2/>; rel="next"' }],
    ]);
    proxy.fault = ({ path }) => {
      const page = pages.get(path);
      return page && ((response) => response.writeHead(200, { link: page.link }).end(JSON.stringify(page)));
    };
    expect(await new Registries().tags(repository('tags'))).toEqual(['a', 'b']);
  });

  test('what is not there is not an error, and a registry that is not there is', async () => {
    expect(await new Registries().digestOf(repository('web'), '9.9.9')).toBeUndefined();
    expect(await new Registries().digestOf(repository('web'), NOWHERE)).toBeUndefined();
    const host = `localhost:${await freePort()}`;
    const message = await messageOf(new Registries().digestOf(`${host}/lunch/web`, '1.0.0'));
    expect(message).toContain('lunch/web:1.0.0: cannot be reached: ECONNREFUSED');
    expect(message).toContain(`--via ${host}=localhost:5000`);
  }, 20_000);

  test('another name of the registry', async () => {
    const digest = await push('web', '2.0.0');
    const registries = new Registries(new Map([['registry.internal', `http://${proxy.host}`]]));
    expect(await registries.digestOf('registry.internal/lunch/web', '2.0.0')).toBe(digest);
  });

  describe('faults', () => {
    const isManifest = ({ path }: SeenRequest) => path.includes('/manifests/');

    test('too many requests: it waits as it is told, and gets there', async () => {
      const digest = await push('faults', '1.0.0');
      proxy.failing(2, isManifest, answering(429, { 'retry-after': '1' }));
      const started = process.hrtime.bigint();
      expect(await new Registries().digestOf(repository('faults'), '1.0.0')).toBe(digest);
      // No bound from above: that the two seconds were waited is the fact.
      expect(Number(process.hrtime.bigint() - started) / 1e9).toBeGreaterThanOrEqual(1.9);
    });

    test('too many requests, for an hour: it says so at once', async () => {
      proxy.failing(9, isManifest, answering(429, { 'retry-after': '3600' }, 'too fast'));
      expect(await messageOf(new Registries().digestOf(repository('faults'), '1.0.0'))).toMatch(
        /faults:1\.0\.0: has had too many requests \(status 429\) and asks to wait for 3600 s/,
      );
      expect(proxy.seen).toHaveLength(1);
    });

    test.each([
      ['a busy server', answering(503)],
      ['a broken connection', (response: { destroy: () => void }) => response.destroy()],
    ])('%s is asked again, an upload too', async (_name, fault) => {
      proxy.failing(2, ({ method, path }) => method === 'PUT' && path.includes('/blobs/'), fault);
      await push('again', '3.0.0');
      expect(sent('PUT', /blobs\/uploads/).length).toBe(4);
    });

    test('a server that stays broken: the error has its own words, without control characters', async () => {
      proxy.failing(99, isManifest, answering(500, {}, 'disk \x1b[31mfull'));
      const message = await messageOf(new Registries().digestOf(repository('web'), '1.0.0'));
      expect(message).toContain('answers with status 500, also when asked again');
      expect(message).not.toContain('\x1b');
    }, 20_000);

    const whole = async () => {
      const answer = await fetch(`${registry.url}/v2/lunch/web/manifests/1.0.0`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      return { text: await answer.text(), digest: answer.headers.get('docker-content-digest') ?? '' };
    };

    test('half a manifest, with the digest of the whole', async () => {
      await push('web', '1.0.0');
      const { text, digest } = await whole();
      proxy.fault =
        ({ method }) =>
        (response) =>
          method === 'HEAD'
            ? response.writeHead(200).end()
            : response.writeHead(200, { 'docker-content-digest': digest }).end(text.slice(0, 100));
      const message = await messageOf(new Registries().digestOf(repository('web'), '1.0.0'));
      expect(message).toMatch(/lunch\/web:1\.0\.0: half a manifest.*has the digest sha256:[0-9a-f]{64}, not/);
      expect(message).toContain(digest);
      // Another one, whole: the digest alone tells.
      proxy.fault =
        ({ method }) =>
        (response) =>
          method === 'HEAD'
            ? response.writeHead(200).end()
            : response.writeHead(200, { 'docker-content-digest': digest }).end(`${text} `);
      expect(await messageOf(new Registries().digestOf(repository('web'), '1.0.0'))).toContain(
        'or another one',
      );
    });

    test('half a manifest, the connection breaks', async () => {
      proxy.fault =
        ({ method }) =>
        (response) => {
          response.writeHead(200, { 'content-length': method === 'HEAD' ? '0' : '5000' });
          if (method === 'HEAD') response.end();
          else {
            response.write('{"schemaVersion":2,');
            setTimeout(() => response.destroy(), 20);
          }
        };
      expect(await messageOf(new Registries().digestOf(repository('web'), '1.0.0'))).toContain(
        'broke its answer off before the end',
      );
    }, 20_000);

    test('a registry that states no digest: it is computed', async () => {
      await push('web', '1.0.0');
      const { text, digest } = await whole();
      proxy.fault =
        ({ method }) =>
        (response) =>
          response.writeHead(200).end(method === 'HEAD' ? '' : text);
      expect(await new Registries().digestOf(repository('web'), '1.0.0')).toBe(digest);
      proxy.fault =
        ({ method }) =>
        (response) =>
          response.writeHead(200).end(method === 'HEAD' ? '' : '<html>Welcome</html>');
      expect(await messageOf(new Registries().digestOf(repository('web'), '1.0.0'))).toContain(
        'is no manifest',
      );
    });

    test('a registry that stores something else', async () => {
      proxy.failing(
        1,
        ({ method, path }) => method === 'PUT' && path.includes('/manifests/'),
        (response) => response.writeHead(201, { 'docker-content-digest': NOWHERE }).end(),
      );
      expect(await messageOf(push('web', '4.0.0'))).toMatch(
        /was sent as sha256:.* and stored as sha256:0000/,
      );
    });

    test.each([
      [403, 'lets nobody pull without a login: `docker login localhost:'],
      [405, 'is read-only, as while it collects garbage'],
      [413, 'too large'],
      [418, 'answers with status 418 (SIMULATED: simulated)'],
    ])('status %i is explained', async (status, words) => {
      proxy.failing(1, () => true, answering(status));
      expect(await messageOf(new Registries().tags(repository('web')))).toContain(words);
    });

    test('a damaged layer is found before it is sent', async () => {
      const writer = layout();
      writer.image();
      const { blobs } = new Layout(writer.folder).image;
      const file = join(writer.folder, 'blobs', (blobs[1]?.digest ?? '').replace(':', '/'));
      const bytes = readFileSync(file);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      const pushed = pushImage(new Registries(), new Layout(writer.folder), repository('web'), '5.0.0');
      expect(await messageOf(pushed)).toContain('is not what its name says; build the image anew');
      expect(await new Registries().digestOf(repository('web'), '5.0.0')).toBeUndefined();
    });
  });
});

withRegistry('a registry with names and passwords', () => {
  let registry: ImageRegistry;
  const push = async () => {
    const writer = layout();
    writer.image();
    return pushImage(new Registries(), new Layout(writer.folder), `${registry.host}/lunch/web`, '1.0.0');
  };

  beforeAll(async () => {
    registry = await ImageRegistry.startWithPassword();
  });
  afterAll(() => registry?.stop());

  test('the login that docker has stored', async () => {
    logIn(registry.host, ADA.name, ADA.password);
    expect((await push()).digest).toMatch(/^sha256:/);
  });

  test('no login, and a wrong one', async () => {
    expect(await messageOf(push())).toContain(`asks for a login: \`docker login ${registry.host}\``);
    logIn(registry.host, ADA.name, 'wrong');
    const message = await messageOf(push());
    expect(message).toContain('refuses the login of ada');
    expect(message).not.toContain('wrong');
  });

  test('a credential helper', async () => {
    writeFileSync(join(scratch, 'config.json'), JSON.stringify({ credHelpers: { [registry.host]: 'test' } }));
    writeFileSync(
      join(scratch, 'docker-credential-test'),
      `#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = '${registry.host}' ] && echo '{"Username":"ada","Secret":"correct horse"}'\n`,
      { mode: 0o755 },
    );
    const path = process.env.PATH;
    process.env.PATH = `${scratch}:${path}`;
    try {
      expect((await push()).digest).toMatch(/^sha256:/);
    } finally {
      process.env.PATH = path;
    }
  });
});

withRegistry('a registry with a token server', () => {
  let registry: ImageRegistry;
  let tokens: TokenServer;
  const push = (registries: Registries, path: string) => {
    const writer = layout();
    writer.image();
    return pushImage(registries, new Layout(writer.folder), `${registry.host}/${path}`, '1.0.0');
  };

  beforeAll(async () => {
    tokens = await TokenServer.start(`${ADA.name}:${ADA.password}`);
    registry = await ImageRegistry.start(tokens.auth);
  });
  beforeEach(() => {
    tokens.asked.length = 0;
    tokens.lifetime = 300;
  });
  afterAll(() => {
    registry?.stop();
    tokens?.stop();
  });

  test('one token for each repository and action, however many requests', async () => {
    logIn(registry.host, ADA.name, ADA.password);
    const registries = new Registries();
    await push(registries, 'lunch/web');
    await push(registries, 'lunch/web');
    await registries.digestOf(`${registry.host}/lunch/web`, '1.0.0');
    expect([...new Set(tokens.asked)].sort()).toEqual([
      'ada repository:lunch/web:pull',
      'ada repository:lunch/web:pull,push',
    ]);
    expect(tokens.asked.length).toBe(2);
  });

  test('without a login what is public can be read, and nothing else', async () => {
    logIn(registry.host, ADA.name, ADA.password);
    const { digest } = await push(new Registries(), 'public/web');
    logOut();
    expect(await new Registries().digestOf(`${registry.host}/public/web`, '1.0.0')).toBe(digest);
    expect(await messageOf(push(new Registries(), 'public/web'))).toContain('asks for a login');
  });

  test('a wrong login', async () => {
    logIn(registry.host, ADA.name, 'wrong');
    expect(await messageOf(push(new Registries(), 'lunch/web'))).toContain('refuses the login of ada');
  });

  test('a token that has run out is fetched anew', async () => {
    logIn(registry.host, ADA.name, ADA.password);
    const registries = new Registries();
    tokens.lifetime = -120;
    // The registry takes a token for a while after its end, so this one ended long ago.
    await messageOf(push(registries, 'lunch/old'));
    tokens.lifetime = 300;
    expect((await push(registries, 'lunch/old')).digest).toMatch(/^sha256:/);
  });
});
