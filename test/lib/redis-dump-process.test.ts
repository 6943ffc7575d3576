import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { Redis } from '../../lib/index.js';
import { type DataDump, dumpOf } from '../../lib/kube/data-dump.js';
import { freePort } from '../engine/machine-bed.js';
import { objectOf } from '../support/application.js';
import { chartObjects } from '../support/chart-objects.js';

const redis = spawnSync('redis-server', ['--version']).status === 0;
if (!redis) console.warn('skipped: there is no redis-server (apt-get install redis-server)');

function emitted(): DataDump {
  const chart = Testing.chart();
  new Redis(chart, 'store');
  const found = dumpOf(objectOf(chartObjects(chart).objects, 'StatefulSet', 'store'));
  if (!found) throw new Error('the StatefulSet says nothing of a dump');
  return found;
}

(redis ? describe : describe.skip)('what a Redis keeps, out of one and into another', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-redis-dump-'));
  const servers: { readonly server: ChildProcess; readonly gone: Promise<unknown> }[] = [];

  /** A Redis, and a redis-cli that leads to it, as in its pod. */
  async function start(name: string, ...options: string[]) {
    const port = `${await freePort()}`;
    const bin = join(folder, `${name}-bin`);
    mkdirSync(bin);
    writeFileSync(join(bin, 'redis-cli'), `#!/bin/sh\nexec /usr/bin/redis-cli -p ${port} "$@"\n`);
    chmodSync(join(bin, 'redis-cli'), 0o755);
    const settings = ['--bind', '127.0.0.1', '--port', port, '--dir', folder, '--save', ''];
    const server = spawn('redis-server', [...settings, '--enable-debug-command', 'yes', ...options], {
      stdio: 'ignore',
    });
    servers.push({ server, gone: once(server, 'exit') });
    const cli = (...args: string[]) =>
      spawnSync('/usr/bin/redis-cli', ['-p', port, ...args], { encoding: 'utf8' }).stdout.trim();
    for (let tries = 0; !/PONG|NOAUTH/.test(cli('ping')) && tries < 100; tries += 1)
      execFileSync('sleep', ['0.1']);
    const pod = (command: readonly string[], input?: string | Buffer) => {
      const [program = '', ...args] = command;
      const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
      const { status, stdout, stderr } = spawnSync(program, args, { env, input, maxBuffer: 1 << 28 });
      return { status, stdout, output: `${stdout}${stderr}` };
    };
    return { cli, pod };
  }

  afterAll(async () => {
    for (const { server } of servers) server.kill('SIGKILL');
    await Promise.all(servers.map(({ gone }) => gone));
    rmSync(folder, { recursive: true, force: true });
  });

  test('every kind of value, binary names, times to live; what is there stays', async () => {
    const { dump, restore } = emitted();
    const from = await start('from');
    const to = await start('to');
    const script = [
      "redis.call('SET', '\\0\\n\\r\\\"quoted\\\\ \\'key\\' \\255', '\\0\\1\\n\\255')",
      "redis.call('SET', '', 'an empty name')",
      "redis.call('RPUSH', 'list', 'a', 'b', 'c')",
      "redis.call('HSET', 'hash', 'field', 'value')",
      "redis.call('SADD', 'set', '1', 'two')",
      "redis.call('ZADD', 'sorted', 1.5, 'one')",
      "redis.call('XADD', 'stream', '1-1', 'a', 'b')",
      "redis.call('SET', 'large', string.rep('\\0\\200x', 300000))",
      "redis.call('SET', 'brief', 'gone in a day', 'EX', 86400)",
      "for i = 1, 1000 do redis.call('SET', 'many-' .. i, i) end",
    ].join('\n');
    from.cli('EVAL', script, '0');
    expect(from.cli('DBSIZE')).toBe('1009');
    to.cli('SET', 'hash', 'of another kind');

    const dumped = from.pod(dump);
    expect(dumped.status).toBe(0);
    const restored = to.pod(restore, dumped.stdout);
    expect(restored).toMatchObject({
      status: 0,
      output: '1008 keys restored, 1 were there and stay\n',
    });
    expect(to.cli('GET', 'hash')).toBe('of another kind');
    to.cli('DEL', 'hash');
    expect(to.pod(restore, dumped.stdout).output).toBe('1 keys restored, 1008 were there and stay\n');
    // The same data has the same digest, whatever the order.
    from.cli('PERSIST', 'brief');
    const left = Number(to.cli('TTL', 'brief'));
    expect(left).toBeGreaterThan(80_000);
    expect(left).toBeLessThanOrEqual(86_400);
    to.cli('PERSIST', 'brief');
    expect(to.cli('DEBUG', 'DIGEST')).toBe(from.cli('DEBUG', 'DIGEST'));
  });

  test('an empty Redis has an empty dump, a replica has none, and one that does not answer fails', async () => {
    const { dump, restore } = emitted();
    const empty = await start('empty');
    expect(empty.pod(dump)).toMatchObject({ status: 0, output: 'PING\n' });
    expect(empty.pod(restore, 'PING\n').output).toBe('0 keys restored\n');
    empty.cli('SET', 'a', 'b');
    empty.cli('REPLICAOF', '127.0.0.1', '1');
    expect(empty.pod(dump)).toEqual({ status: 0, stdout: Buffer.from(''), output: '' });
    const locked = await start('locked', '--requirepass', 'secret');
    expect(locked.pod(dump)).toMatchObject({ status: 1, output: expect.stringContaining('NOAUTH') });
  });

  test('a dump that is cut off or no dump fails, and says so', async () => {
    const { restore } = emitted();
    const to = await start('cut');
    expect(to.pod(restore, 'RESTORE "a" 0 "\\x00"\nnot a command\nPING\n')).toMatchObject({
      status: 1,
      output: expect.stringMatching(/ERR[\s\S]*0 keys restored, 2 failed/),
    });
    to.cli('SHUTDOWN', 'NOSAVE');
    expect(to.pod(restore, 'RESTORE "a" 0 "\\x00"\n')).toMatchObject({
      status: 1,
      output: expect.stringMatching(/0 keys restored; what was read does not end as a dump does/),
    });
  });
});
