import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { withLock } from '../../embedded/binaries/lock.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();
const quiet = { onWait: () => undefined };

test('work under one lock is done one after the other, and the second is told that it waits', async () => {
  const path = join(folder(), 'deeper', 'build');
  const order: string[] = [];
  const onWait = jest.fn();
  const first = withLock(path, quiet, async () => {
    order.push('first begins');
    await new Promise((resolve) => setTimeout(resolve, 300));
    order.push('first ends');
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await withLock(path, { onWait }, async () => {
    order.push('second');
  });
  await first;
  expect(order).toEqual(['first begins', 'first ends', 'second']);
  expect(onWait).toHaveBeenCalledTimes(1);
});

test('work that fails gives its lock back', async () => {
  const path = join(folder(), 'build');
  const failing = withLock(path, quiet, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  await expect(withLock(path, quiet, async () => 'done')).resolves.toBe('done');
});

test('a lock survives the process that held it only for a while', async () => {
  const path = join(folder(), 'build');
  const holder = `require('proper-lockfile').lock(${JSON.stringify(path)}, { realpath: false }).then(() => {
    console.log('held'); setInterval(() => {}, 1000); })`;
  const child = spawn(process.execPath, ['-e', holder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  const onWait = jest.fn();
  await withLock(path, { onWait, staleAfter: 2_000 }, async () => undefined);
  expect(onWait).toHaveBeenCalledTimes(1);
}, 15_000);

test('waiting can be called off', async () => {
  const path = join(folder(), 'build');
  const controller = new AbortController();
  await withLock(path, quiet, async () => {
    const second = withLock(path, { ...quiet, signal: controller.signal }, async () => undefined);
    setTimeout(() => controller.abort(), 50);
    await expect(second).rejects.toThrow('abort');
  });
});
