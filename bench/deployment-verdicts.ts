import { type Deployment, FLOOR, OURS, VERBS } from './deployments.js';
import { decimal } from './table.js';
import type { Verdict } from './verdicts.js';

/** How many times the floor a run may take. */
const LIMIT = 1.2;

/** What Keelson promises of the real engine, from the figures of one run: a verdict a count and verb, and a crash. */
export function deploymentVerdicts(deployments: readonly Deployment[], counts: readonly number[]): Verdict[] {
  const of = (name: string) => deployments.find((deployment) => deployment.name === name);
  return counts.flatMap((count) => {
    const [ours, floor] = [of(OURS)?.byCount[count], of(FLOOR)?.byCount[count]];
    const { made, lost } = of(OURS)?.crashes?.[count] ?? {};
    return [
      ...VERBS.map((verb): Verdict => {
        const ratio = (ours?.[verb].minimum ?? Number.NaN) / (floor?.[verb].minimum ?? Number.NaN);
        const cpu = (ours?.[verb].cpu ?? Number.NaN) / (floor?.[verb].cpu ?? Number.NaN);
        return {
          what: `${verb}, ${count} objects, to the floor`,
          value: decimal(ratio),
          limit: `at most ${LIMIT}${Number.isNaN(cpu) ? '' : `; CPU ${decimal(cpu)}`}`,
          reached: ratio <= LIMIT,
        };
      }),
      {
        what: `objects lost in a crash, of ${made ?? '–'} made`,
        value: decimal(lost, 0),
        limit: 'none',
        reached: lost === 0,
      },
    ];
  });
}
