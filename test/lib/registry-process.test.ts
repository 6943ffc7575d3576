import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { registryFiles } from '../../lib/constructs/registry/container.js';
import { RegistryClient } from '../support/registry-client.js';
import { ended, RegistryBed, registryMissing } from '../support/registry-process.js';
import { ROOT } from '../support/repository.js';
import { freePort, until } from '../support/until.js';

/*
 * The scripts and settings of the construct with a real registry: what the image runs in the cluster, with the paths
 * and ports of this machine.
 */

const missing = registryMissing();
if (missing)
  console.warn(`Without ${missing} the real registry is not tested: apt-get install docker-registry`);
const withRegistry = missing ? describe.skip : describe;

/** `printf 'correct horse' | htpasswd -niB -C 4 ada` */
const USERS = 'ada:$2b$04$QpO5f4tZSK/pRGWjmmlVoeOSbJNPeJN6IRROQfgPtMvWUF7Wr7jDy\n';
const LAYER = 300_000;

jest.setTimeout(90_000);

const beds: RegistryBed[] = [];
afterEach(() => {
  for (const bed of beds.splice(0)) bed.remove();
});

/** The shells at hand: Debian's, and the one of the image's kind. */
const SHELLS = [['sh'], ['busybox', 'sh']].filter(
  ([command = '', ...args]) => spawnSync(command, [...args, '-c', 'true']).status === 0,
);

async function registry(options: { users?: boolean; shell?: readonly string[] } = {}) {
  const port = await freePort();
  const settings = (listening: number) =>
    Object.fromEntries(
      Object.entries(registryFiles({ users: options.users ?? false, metrics: false })).map(([name, text]) => [
        name,
        name.endsWith('.yml')
          ? text
              .replaceAll('/var/lib/registry', 'STORAGE')
              .replaceAll('/etc/keelson/registry-users', 'USERS')
              .replace(':5000', `127.0.0.1:${listening}`)
          : text,
      ]),
    );
  const bed = new RegistryBed(settings(port), options.shell);
  beds.push(bed);
  bed.write('htpasswd', USERS);
  return { bed, settings, client: new RegistryClient(`http://127.0.0.1:${port}`), url: `127.0.0.1:${port}` };
}

async function served(options: { users?: boolean; shell?: readonly string[] } = {}) {
  const made = await registry(options);
  const server = made.bed.serve();
  await until('the registry answers', made.client.answers);
  return { ...made, server };
}

test('the scripts pass shellcheck', () => {
  const { status, stdout, error } = spawnSync(
    'shellcheck',
    ['serve.sh', 'collect-garbage.sh'].map((name) => join(ROOT, 'lib/constructs/registry', name)),
    { encoding: 'utf8' },
  );
  if (error) console.warn('Without shellcheck the scripts are not linted: apt-get install shellcheck');
  else expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

withRegistry('users', () => {
  test('who has no password, or a wrong one, neither pushes nor pulls; health is open', async () => {
    const { client, url } = await served({ users: true });
    const wrong = new RegistryClient(client.url, 'ada:wrong');
    const ada = new RegistryClient(client.url, 'ada:correct horse');
    expect([await client.canPush(), await wrong.canPush(), await ada.canPush()]).toEqual([401, 401, 202]);
    await ada.push('lunch/web', '1.0.0', randomBytes(LAYER));
    expect([await client.pull('lunch/web', '1.0.0'), await ada.pull('lunch/web', '1.0.0')]).toEqual([
      401, 200,
    ]);
    expect((await fetch(`http://${url}/`)).status).toBe(200);
  });

  test('a changed file of users counts without a restart', async () => {
    const { bed, client } = await served({ users: true });
    const ada = new RegistryClient(client.url, 'ada:correct horse');
    expect(await ada.canPush()).toBe(202);
    bed.write('htpasswd', USERS.replace('ada', 'grace'));
    await until('ada is refused', async () => (await ada.canPush()) === 401);
    expect(await new RegistryClient(client.url, 'grace:correct horse').canPush()).toBe(202);
  });

  test('skopeo pushes and pulls', async () => {
    if (spawnSync('skopeo', ['--version']).error) {
      console.warn('Without skopeo only our own client is tested: apt-get install skopeo');
      return;
    }
    const { bed, client, url } = await served({ users: true });
    const ada = new RegistryClient(client.url, 'ada:correct horse');
    await ada.push('lunch/web', '1.0.0', randomBytes(LAYER));
    const copy = (from: string, to: string, side: 'src' | 'dest', password: string) =>
      spawnSync('skopeo', [
        'copy',
        '--insecure-policy',
        `--${side}-tls-verify=false`,
        `--${side}-creds=ada:${password}`,
        from,
        to,
      ]).status;
    const folder = join(bed.folder, 'image');
    mkdirSync(folder);
    expect(copy(`docker://${url}/lunch/web:1.0.0`, `dir:${folder}`, 'src', 'wrong')).not.toBe(0);
    expect(copy(`docker://${url}/lunch/web:1.0.0`, `dir:${folder}`, 'src', 'correct horse')).toBe(0);
    expect(copy(`dir:${folder}`, `docker://${url}/lunch/copy:1.0.0`, 'dest', 'correct horse')).toBe(0);
    expect(await ada.pull('lunch/copy', '1.0.0')).toBe(200);
  });
});

withRegistry.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))(
  'garbage collection under %s',
  (_name, shell) => {
    test('gives the space of a deleted image back, keeps the others, and lets it be pushed again', async () => {
      const { bed, client } = await served({ shell });
      const layer = randomBytes(LAYER);
      const old = await client.push('lunch/web', '1.0.0', layer);
      await client.push('lunch/web', '1.1.0', randomBytes(LAYER));
      expect(await client.delete('lunch/web', old)).toBe(202);
      const before = bed.used();
      expect(await ended(bed.collect())).toBe(0);
      expect(before - bed.used()).toBeGreaterThanOrEqual(LAYER);
      await until('it may be pushed to again', async () => (await client.canPush()) === 202);
      expect(await client.pull('lunch/web', '1.1.0')).toBe(200);
      await client.push('lunch/web', '1.0.0', layer);
      expect(await client.pull('lunch/web', '1.0.0')).toBe(200);
    });

    test('an image whose tag was moved stays, unless it is asked for', async () => {
      const { bed, client } = await served({ shell });
      const running = await client.push('lunch/web', 'staging', randomBytes(LAYER));
      await client.push('lunch/web', 'staging', randomBytes(LAYER));
      const writes = () => until('it writes again', async () => (await client.canPush()) === 202);
      expect(await ended(bed.collect())).toBe(0);
      await writes();
      expect(await client.pull('lunch/web', running)).toBe(200);
      expect(await ended(bed.collect('--delete-untagged'))).toBe(0);
      await writes();
      expect(await client.pull('lunch/web', running)).toBe(404);
      expect(await client.pull('lunch/web', 'staging')).toBe(200);
    });

    test('nothing was pushed yet: it ends well', async () => {
      const { bed } = await registry({ shell });
      expect(await ended(bed.collect())).toBe(0);
      await until('it says so', () => bed.log.includes('nothing was pushed yet'));
    });
  },
);

withRegistry('while garbage is collected', () => {
  /** A collection that goes on until it is let go: the real one takes milliseconds. */
  const longCollection = (bed: RegistryBed) => {
    writeFileSync(
      join(bed.folder, 'bin', 'slow'),
      `#!/bin/sh\ntouch '${bed.folder}/collecting'\nwhile [ ! -e '${bed.folder}/enough' ]; do sleep 0.05; done\nexit 0\n`,
      { mode: 0o755 },
    );
    bed.write(
      'collect-garbage.sh',
      registryFiles({ users: false, metrics: false })['collect-garbage.sh']?.replace(
        'exec registry garbage-collect',
        'exec slow',
      ) ?? '',
    );
    return {
      job: bed.collect(),
      begun: () => until('the collection begins', () => exists(join(bed.folder, 'collecting'))),
      finish: () => writeFileSync(join(bed.folder, 'enough'), ''),
    };
  };
  const exists = (path: string): boolean => spawnSync('test', ['-e', path]).status === 0;

  test('pulls go on, pushes are refused, and afterwards are taken', async () => {
    const { bed, client } = await served();
    await client.push('lunch/web', '1.0.0', randomBytes(LAYER));
    const { job, begun, finish } = longCollection(bed);
    await begun();
    await until('the registry reads', client.answers);
    expect(await client.pull('lunch/web', '1.0.0')).toBe(200);
    expect(await client.canPush()).toBe(405);
    expect(await client.delete('lunch/web', `sha256:${'0'.repeat(64)}`)).toBe(405);
    finish();
    expect(await ended(job)).toBe(0);
    await until('pushes are taken', async () => (await client.canPush()) === 202);
  });

  test('a registry that starts meanwhile only reads', async () => {
    const { bed, client, server } = await served();
    await client.push('lunch/web', '1.0.0', randomBytes(LAYER));
    const { begun, finish } = longCollection(bed);
    await begun();
    server.kill('SIGTERM');
    expect(await ended(server)).toBe(0);
    bed.serve();
    await until('the registry reads', client.answers);
    expect(await client.canPush()).toBe(405);
    finish();
    await until('pushes are taken', async () => (await client.canPush()) === 202);
  });

  test('a collection that is killed leaves nothing locked', async () => {
    const { bed, client } = await served();
    await client.push('lunch/web', '1.0.0', randomBytes(LAYER));
    const { job, begun } = longCollection(bed);
    await begun();
    await until('the registry reads', client.answers);
    expect(await client.canPush()).toBe(405);
    process.kill(-(job.pid ?? 0), 'SIGKILL');
    await until('pushes are taken', async () => (await client.canPush()) === 202);
  });

  test('a second collection waits, and says so where it waited in vain', async () => {
    const { bed, client } = await served();
    await client.push('lunch/web', '1.0.0', randomBytes(LAYER));
    const { begun, finish } = longCollection(bed);
    await begun();
    bed.write(
      'collect-garbage.sh',
      registryFiles({ users: false, metrics: false })['collect-garbage.sh']?.replace(
        'patience=$' + '{REGISTRY_LOCK_SECONDS:-300}',
        'patience=1',
      ) ?? '',
    );
    expect(await ended(bed.collect())).toBe(1);
    await until('it says so', () =>
      bed.log.includes('another collection has not ended after 1 s; nothing was deleted'),
    );
    finish();
  });

  test('what was pushed completely is complete, whatever was collected beside it', async () => {
    const { bed, client } = await served();
    const pushed: string[] = [];
    let going = true;
    let refused = 0;
    const pusher = async (name: string) => {
      for (let count = 0; going; count += 1) {
        try {
          await client.push(`lunch/${name}`, `${count}`, randomBytes(20_000));
          pushed.push(`lunch/${name}:${count}`);
        } catch {
          refused += 1;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    };
    const pushers = ['a', 'b', 'c'].map(pusher);
    for (let round = 0; round < 4; round += 1) {
      const seen = pushed.length;
      await until('images are pushed', () => pushed.length >= seen + 5);
      expect(await ended(bed.collect('--delete-untagged'))).toBe(0);
    }
    going = false;
    await Promise.all(pushers);
    await until('the registry writes', async () => (await client.canPush()) === 202);
    for (const image of pushed) {
      const [repository = '', tag = ''] = image.split(':');
      expect([image, await client.pull(repository, tag)]).toEqual([image, 200]);
    }
    expect(refused).toBeGreaterThan(0);
  });
});

withRegistry('the server', () => {
  test('ends when it is told to, and nothing of it stays', async () => {
    const { server, client } = await served();
    server.kill('SIGTERM');
    expect(await ended(server)).toBe(0);
    expect(await client.answers()).toBe(false);
  });

  test('a server that dies ends its pod', async () => {
    const { bed, server } = await served();
    const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
      .trim()
      .split(' ');
    const [child] = children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('serve'));
    process.kill(Number(child), 'SIGKILL');
    expect(await ended(server)).not.toBe(0);
    await until('it says so', () => bed.log.includes('the server ended with status'));
  });

  test('of two servers on one volume only one writes', async () => {
    const { bed, settings, client } = await served();
    const port = await freePort();
    for (const [name, text] of Object.entries(settings(port))) bed.write(name, text);
    bed.serve();
    const second = new RegistryClient(`http://127.0.0.1:${port}`);
    await until('the second answers', second.answers);
    expect([await client.canPush(), await second.canPush()]).toEqual([202, 405]);
  });
});
