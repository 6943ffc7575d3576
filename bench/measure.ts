import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from './contenders.js';

export interface Measurement {
  /** Wall time of the whole process. */
  readonly milliseconds: number;
  /** Of the processor, in user mode and in the kernel's: steadier on a busy machine. Where GNU time is installed. */
  readonly cpuMilliseconds?: number;
  /** Largest resident set, where GNU time is installed. */
  readonly memoryMiB?: number;
}

/** GNU time tells a process's peak memory and costs it nothing. */
const TIME = '/usr/bin/time';

const hasTime: boolean = spawnSync(TIME, ['-f', '%M', process.execPath, '--version']).status === 0;

/** Runs a whole process. @throws where it fails, with what it said */
export function measure({ program, args, output }: Command): Measurement {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const used = join(folder, 'used');
  const target = openSync(output ?? join(folder, 'stdout'), 'w');
  try {
    const [file, ...rest] = hasTime
      ? [TIME, '-f', '%M %U %S', '-o', used, program, ...args]
      : [program, ...args];
    const started = process.hrtime.bigint();
    const { status, stderr, error } = spawnSync(file, rest, {
      stdio: ['ignore', target, 'pipe'],
      encoding: 'utf8',
      cwd: join(__dirname, '..'),
    });
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    if (status !== 0)
      throw new Error(`${[program, ...args].join(' ')} ended with ${status}: ${error?.message ?? stderr}`);
    if (!hasTime) return { milliseconds };
    const [kibibytes = 0, user = 0, kernel = 0] = readFileSync(used, 'utf8').trim().split(' ').map(Number);
    return { milliseconds, cpuMilliseconds: 1000 * (user + kernel), memoryMiB: kibibytes / 1024 };
  } finally {
    closeSync(target);
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Summary {
  /** Milliseconds. */
  readonly minimum: number;
  /** Milliseconds. */
  readonly median: number;
  /** The least of the processor, in milliseconds. */
  readonly cpu?: number;
  readonly memoryMiB?: number;
  readonly runs: number;
}

export function summarize(measurements: readonly Measurement[]): Summary {
  const times = measurements.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  const peaks = measurements.flatMap(({ memoryMiB }) => memoryMiB ?? []);
  const cpu = measurements.flatMap(({ cpuMilliseconds }) => cpuMilliseconds ?? []);
  return {
    minimum: times[0] ?? Number.NaN,
    median: times[Math.floor(times.length / 2)] ?? Number.NaN,
    ...(cpu.length > 0 && { cpu: Math.min(...cpu) }),
    ...(peaks.length > 0 && { memoryMiB: Math.max(...peaks) }),
    runs: times.length,
  };
}
