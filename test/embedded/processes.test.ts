import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bornAt, endProcesses, isRunning, startProcess } from '../../embedded/control-plane/processes.js';
import { strays } from '../../embedded/control-plane/strays.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

const sleeper = (binary = 'sleep', args: readonly string[] = ['60']) =>
  startProcess({ binary, args, folder: folder(), log: join(folder(), 'logs', 'sleeper.log') });

test('a process is known by its number and birth, and gone once it was ended', async () => {
  const record = await sleeper();
  expect(isRunning(record)).toBe(true);
  expect(isRunning({ ...record, born: 'another time' })).toBe(false);
  await endProcesses([record]);
  expect(isRunning(record)).toBe(false);
  expect(bornAt(record.pid)).toBeUndefined();
});

test('a process that listens to SIGTERM ends by itself', async () => {
  const record = await sleeper('sh', [
    '-c',
    'trap "echo bye; exit" TERM; echo up; while :; do sleep 0.05; done',
  ]);
  const log = join(folder(), 'logs', 'sleeper.log');
  while (!readFileSync(log, 'utf8').includes('up')) await new Promise((resolve) => setTimeout(resolve, 20));
  await endProcesses([record], 5_000);
  expect(readFileSync(log, 'utf8')).toContain('bye');
});

test('a number that belongs to another process now is left alone', async () => {
  await endProcesses([{ pid: process.pid, born: 'another time' }], 100);
});

test('a program that is not there is an error', async () => {
  await expect(sleeper('/nowhere/etcd')).rejects.toThrow('ENOENT');
});

test('only programs of a cluster in the directory count as strays', async () => {
  const record = await sleeper('sh', ['-c', `sleep 60; : =${folder()}/etcd`]);
  try {
    expect(await strays(folder())).toEqual([]);
  } finally {
    await endProcesses([record]);
  }
});
