import type { Imports } from './imports.js';
import type { Result } from './synthesis.js';
import { decimal } from './table.js';

/** A target and whether it was reached. */
export interface Verdict {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly reached: boolean;
}

/** A line each for a person. */
export const verdictLines = (verdicts: readonly Verdict[]): string[] =>
  verdicts.map(
    ({ what, value, limit, reached }) => `${reached ? 'reached' : 'MISSED '}  ${what}: ${value} (${limit})`,
  );

/** What Keelson wants to be, from the figures of one run. */
export function verdicts(results: readonly Result[], imports: Imports): Verdict[] {
  const of = (name: string) => results.find((result) => result.name === name);
  return [
    atMost('three objects, to cdk8s-plus-27', of('keelson')?.ratio, 0.5, of('keelson')?.cpuRatio),
    atMost('growth, three objects', of('keelson')?.growth, 1),
    atMost('growth, all objects', of('Service, all')?.growth, 1),
    atMost('import, to cdk8s + cdk8s-plus-27', imports.ratio, 1.2, imports.cpuRatio),
    atMost('import of keelson/stacks, to Pulumi', imports.stacks.ratio, 1.1, imports.stacks.cpuRatio),
    atMost('program of 1,000 objects, own CPU seconds', imports.program / 1000, 1),
    {
      what: 'Pulumi, stacks/ or embedded/ in an import',
      value: `${imports.unwanted.length}`,
      limit: 'none',
      reached: imports.unwanted.length === 0,
    },
  ];
}

const atMost = (what: string, value: number | undefined, limit: number, cpu?: number): Verdict => ({
  what,
  value: decimal(value),
  limit: `at most ${limit}${cpu === undefined || Number.isNaN(cpu) ? '' : `; CPU ${decimal(cpu)}`}`,
  reached: value !== undefined && value <= limit,
});
