import { type Deployment, FLOOR, VERBS } from './deployments.js';
import type { Machine } from './machine.js';
import { decimal, table } from './table.js';
import { type Verdict, verdictLines } from './verdicts.js';

interface Figures {
  readonly machine: Machine;
  readonly rounds: number;
  readonly counts: readonly number[];
  readonly deployments: readonly Deployment[];
  readonly verdicts: readonly Verdict[];
}

/** The figures for a person, a table a count: least seconds of each verb, and how many times the floor that is. */
export function deploymentsPage({ machine, rounds, counts, deployments, verdicts }: Figures): string[] {
  const { node, processors, load } = machine;
  const floor = deployments.find(({ name }) => name === FLOOR);
  return [
    `Node ${node}, ${processors} processors, load ${decimal(load, 1)}; ${rounds} rounds of whole processes in turn`,
    ...counts.flatMap((count) => [
      '',
      `${count} objects: seconds, and times the floor (state written once, at the end)`,
      '',
      ...table([
        ['', ...VERBS.flatMap((verb) => [verb, '']), 'MiB'],
        ...deployments.flatMap(({ name, byCount }) => {
          const verbs = byCount[count];
          if (!verbs) return [];
          const cells = VERBS.flatMap((verb) => [
            decimal(verbs[verb].minimum / 1000, 1),
            `${decimal(verbs[verb].minimum / (floor?.byCount[count]?.[verb].minimum ?? Number.NaN), 1)}×`,
          ]);
          const peak = Math.max(...VERBS.map((verb) => verbs[verb].memoryMiB ?? Number.NaN));
          return [[name, ...cells, decimal(peak, 0)]];
        }),
      ]),
    ]),
    ...deployments.flatMap(({ name, skipped }) => (skipped ? ['', `${name}: left out; ${skipped}`] : [])),
    ...deployments
      .filter(({ byCount }) => Object.values(byCount).some(({ up }) => up.runs < rounds))
      .map(({ name }) => `${name}: one life where it needs more than 2 min`),
    '',
    ...verdictLines(verdicts),
  ];
}
