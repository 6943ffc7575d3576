import { createColors } from 'picocolors';
import { count } from '../summary.js';
import { wrapped } from '../wrapped.js';
import { type Finding, isFault } from './finding.js';

interface LineOptions {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
}

const INDENT = '    ';
const DEEPER = `${INDENT}  `;

/** What was found, for a person: what works in one line, what does not with the command that mends it. */
export function doctorLines(findings: readonly Finding[], { width, colour }: LineOptions): string[] {
  const { bold, dim, green, red, yellow } = createColors(colour);
  const lines = findings.flatMap((finding) => {
    const { what, state, found, neededFor, mend } = finding;
    if (state === 'ok')
      return wrapped(`${what}: ${found}`, { width, first: '+ ', rest: INDENT }).map((line) =>
        line.replace(/^\+/, green('+')),
      );
    const [sign, paint] = isFault(finding) ? ['x', red] : ['-', yellow];
    return [
      ...wrapped(`${what} ${state}: ${found}`, { width, first: `${sign} `, rest: INDENT }).map(
        (line, index) => (index === 0 ? bold(paint(line)) : line),
      ),
      ...(neededFor ? wrapped(`only for ${neededFor}`, { width, first: INDENT, rest: DEEPER }).map(dim) : []),
      ...(mend ? wrapped(`mend: ${mend}`, { width, first: INDENT, rest: DEEPER }) : []),
    ];
  });
  const faults = findings.filter(isFault).length;
  const closing =
    faults === 0 ? 'What is needed is there.' : `${count(faults, 'thing')} to mend: the lines with x.`;
  return [...lines, '', ...wrapped(closing, { width })];
}
