import type { Imports } from './imports.js';
import type { Machine } from './machine.js';
import type { Result } from './synthesis.js';
import { decimal, table } from './table.js';
import { type Verdict, verdictLines } from './verdicts.js';

export interface Figures {
  readonly machine: Machine;
  readonly rounds: number;
  readonly counts: readonly number[];
  readonly results: readonly Result[];
  readonly imports: Imports;
  readonly verdicts: readonly Verdict[];
}

/** The figures for a person: no line is longer than 80 columns, and nothing is coloured. */
export function page({ machine, rounds, counts, results, imports, verdicts }: Figures): string[] {
  const { node, processors, load } = machine;
  const skipped = results.filter((result) => result.skipped !== undefined);
  const measuresMemory = results.some(({ byCount }) => byCount[counts.at(-1) ?? 0]?.memoryMiB);
  return [
    `Node ${node}, ${processors} processors, load ${decimal(load, 1)}; ${rounds} rounds of whole processes in turn`,
    '',
    'Services to YAML on disk, in seconds: minimum and median',
    '',
    ...synthesisTable(results, counts),
    '',
    `ratio: to cdk8s-plus-27 at ${counts.at(-1)} services; MiB: peak memory there`,
    ...(counts.length > 1
      ? [`growth: time a service at ${counts.at(-1)}, to that at ${counts.at(-2)} services`]
      : []),
    'Service: the construct, seven objects a service, of which three are kept, or all',
    ...skipped.map(({ name, skipped: reason }) => `skipped ${name}: ${reason}`),
    ...results.filter(takesLong).map(({ name }) => `${name}: one run where it needs more than 15 s`),
    ...(measuresMemory ? [] : ['skipped peak memory: there is no GNU time at /usr/bin/time']),
    '',
    'Importing, in seconds: minimum and median',
    '',
    ...table(
      Object.entries(imports.byProgram).map(([name, { minimum, median }]) => [
        name,
        seconds(minimum),
        seconds(median),
      ]),
    ),
    '',
    ...verdictLines(verdicts),
  ];
}

function synthesisTable(results: readonly Result[], counts: readonly number[]): string[] {
  const rows = results
    .filter(({ skipped }) => skipped === undefined)
    .map(({ name, byCount, ratio, growth }) => [
      name,
      ...counts.flatMap((count) => [seconds(byCount[count]?.minimum), seconds(byCount[count]?.median)]),
      decimal(ratio),
      decimal(growth),
      decimal(byCount[counts.at(-1) ?? 0]?.memoryMiB, 0),
    ]);
  return table([['', ...counts.flatMap((count) => [`${count}`, '']), 'ratio', 'growth', 'MiB'], ...rows]);
}

function takesLong({ byCount }: Result): boolean {
  const runs = Object.values(byCount).map((summary) => summary.runs);
  return Math.min(...runs) < Math.max(...runs);
}

const seconds = (milliseconds: number | undefined): string =>
  decimal(milliseconds === undefined ? undefined : milliseconds / 1000);
