import { cpus, totalmem } from 'node:os';
import type { Measurement, Result } from './measurements/measurement.js';

/** What stood on which machine. */
export interface Circumstances {
  /** In English, such as 21 November 2026. */
  readonly date: string;
  readonly processors: number;
  readonly memoryGiB: number;
  /** Processes that wanted a processor, on average over the run's last minutes. */
  readonly load: number;
  /** Programs and their versions. */
  readonly programs: readonly string[];
}

export const thisMachine = (): Pick<Circumstances, 'processors' | 'memoryGiB'> => ({
  processors: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
});

/** The page docs/reference/measured.md: nothing in it is written by hand. */
export function measuredPage(
  circumstances: Circumstances,
  results: readonly (readonly [Measurement, Result])[],
): string {
  const { date, processors, memoryGiB, load, programs } = circumstances;
  return `${[
    '# Measured on running pods',
    '',
    '```sh',
    'make lab',
    '```',
    '',
    ...wrapped(
      'The run that [brings up a node](../how-to/run-the-lab.md), deploys examples and tries on them what is promised ' +
        'wrote this page. Figures are of one run on one machine: yours come from your own.',
    ),
    '',
    ...wrapped(
      `On ${date}: ${processors} processors and ${memoryGiB} GiB, load average ${load.toFixed(1)}; ${programs.join(', ')}.`,
    ),
    '',
    ...results.flatMap(([{ title, method }, { figures, broken }]) => [
      `## ${title}`,
      '',
      ...wrapped(method),
      '',
      '| | |',
      '|---|---|',
      ...figures.map(({ what, figure }) => `| ${what} | ${figure} |`),
      '',
      ...broken.map((what) => `**Did not hold:** ${what}\n`),
    ]),
  ]
    .join('\n')
    .trimEnd()}\n`;
}

/** Lines of at most 120 characters. */
function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= 120) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
