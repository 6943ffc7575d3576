import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Contender, REFERENCE } from './contenders.js';
import { type Measurement, measure, type Summary, summarize } from './measure.js';
import { difference, readObjects } from './same-objects.js';

export interface Result {
  readonly name: string;
  readonly skipped?: string;
  /** By number of services. */
  readonly byCount: Readonly<Record<number, Summary>>;
  /** Time at the largest count against that of cdk8s-plus. */
  readonly ratio?: number;
  /** The same of the processor's time, which a busy machine disturbs less. */
  readonly cpuRatio?: number;
  /** Time a service at the largest count against the next smaller one: at most 1 where time grows with the services. */
  readonly growth?: number;
}

/** Milliseconds above which a contender is measured once: its place is clear, and the others wait. */
const LONG = 15_000;

/** A machine that stands still for a moment must not decide it, and what others are compared with always runs. */
const takesLong = (
  { name }: Contender,
  { milliseconds, cpuMilliseconds = milliseconds }: Measurement,
): boolean => name !== REFERENCE && cpuMilliseconds > LONG;

/**
 * Runs every contender at every count, one after the other and round after round, so that a disturbance meets all.
 *
 * The first round warms the disk's cache, checks that contenders write the same objects, and counts only for those
 * that take long.
 */
export function compareSynthesis(
  contenders: readonly Contender[],
  counts: readonly number[],
  rounds: number,
  report: (line: string) => void,
): Result[] {
  const taking = contenders.filter(({ skipped }) => skipped === undefined);
  const reference = taking.find(({ name }) => name === REFERENCE);
  if (!reference) throw new Error(`${REFERENCE} is not among the contenders`);
  const measured = new Map<Contender, Record<number, Measurement[]>>(
    taking.map((contender) => [contender, Object.fromEntries(counts.map((count) => [count, []]))]),
  );
  for (const count of counts) {
    report(`${count} services`);
    const { objects: expected } = runOnce(reference, count);
    for (const contender of taking) {
      const { objects, measurement } = runOnce(contender, count);
      const wrong = contender.sameObjects ? difference(objects, expected) : undefined;
      if (wrong) throw new Error(`${contender.name} does not write the same objects: ${wrong}`);
      if (takesLong(contender, measurement)) measured.get(contender)?.[count]?.push(measurement);
    }
    for (let round = 1; round <= rounds; round++) {
      report(`${count} services, round ${round} of ${rounds}`);
      for (const contender of taking) {
        const runs = measured.get(contender)?.[count] ?? [];
        if (runs[0] && takesLong(contender, runs[0])) continue;
        runs.push(runOnce(contender, count).measurement);
      }
    }
  }
  const summaries = new Map(
    taking.map((contender) => [
      contender.name,
      Object.fromEntries(counts.map((count) => [count, summarize(measured.get(contender)?.[count] ?? [])])),
    ]),
  );
  return contenders.map(({ name, skipped }) =>
    result(name, skipped, summaries.get(name) ?? {}, summaries.get(REFERENCE) ?? {}, counts),
  );
}

function runOnce(contender: Contender, count: number) {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    const command = contender.command(count, folder);
    const measurement = measure(command);
    return { measurement, objects: readObjects(join(folder, 'out')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function result(
  name: string,
  skipped: string | undefined,
  byCount: Record<number, Summary>,
  reference: Record<number, Summary>,
  counts: readonly number[],
): Result {
  if (skipped !== undefined) return { name, skipped, byCount: {} };
  const largest = counts.at(-1) ?? 0;
  const smaller = counts.at(-2);
  const time = (of: Record<number, Summary>, count: number) => of[count]?.minimum ?? Number.NaN;
  return {
    name,
    byCount,
    ratio: time(byCount, largest) / time(reference, largest),
    cpuRatio: (byCount[largest]?.cpu ?? Number.NaN) / (reference[largest]?.cpu ?? Number.NaN),
    ...(smaller !== undefined && {
      growth: time(byCount, largest) / largest / (time(byCount, smaller) / smaller),
    }),
  };
}
