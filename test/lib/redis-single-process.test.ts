import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import { Redis, secretRef } from '../../lib/index.js';
import { objectOf } from '../support/application.js';
import { chartObjects } from '../support/chart-objects.js';

const redis = spawnSync('redis-server', ['--version']).status === 0;
if (!redis) console.warn('skipped: there is no redis-server (apt-get install redis-server)');

const startScript = (): string => {
  const chart = Testing.chart();
  new Redis(chart, 'store', { password: secretRef('redis', 'password') });
  const { spec } = objectOf(chartObjects(chart).objects, 'StatefulSet', 'store') as StatefulSet;
  return spec?.template.spec?.containers[0]?.command?.at(-1) ?? '';
};

(redis ? test : test.skip).each([
  ['letters', 'correct-horse'],
  ['a quote, a backslash, a blank and a hash', String.raw`a"b\c d # e`],
  ['what a shell or printf would take for its own', "$(id) `id` %s \\n ' $HOME"],
])('a password of %s lets in who knows it, and nobody else', async (_what, password) => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-redis-'));
  mkdirSync(join(folder, 'etc'));
  const socket = join(folder, 'redis.sock');
  writeFileSync(join(folder, 'etc/redis.conf'), `port 0\nunixsocket ${socket}\ndir ${folder}\n`);
  const script = startScript()
    .replaceAll('/etc/redis/redis.conf', join(folder, 'etc/redis.conf'))
    .replaceAll('/tmp/redis.conf', join(folder, 'redis.conf'));
  const environment = { ...process.env, REDISCLI_AUTH: password };
  const server = spawn('sh', ['-c', script], { env: environment, stdio: 'ignore' });
  try {
    const ping = (env: NodeJS.ProcessEnv) =>
      spawnSync('redis-cli', ['-s', socket, 'ping'], { env, encoding: 'utf8' }).stdout.trim();
    for (let tries = 0; ping(environment) !== 'PONG' && tries < 100 && server.exitCode === null; tries += 1)
      execFileSync('sleep', ['0.1']);
    expect(ping(environment)).toBe('PONG');
    expect(ping({ ...process.env, REDISCLI_AUTH: 'another' })).toContain('NOAUTH');
  } finally {
    const gone = once(server, 'exit');
    if (server.exitCode === null) {
      server.kill('SIGKILL');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  }
});
