import { createColors } from 'picocolors';
import { count } from '../summary.js';
import { type Finding, isFault } from './finding.js';

interface LineOptions {
  /** Columns. */
  readonly width: number;
  readonly colour: boolean;
}

const INDENT = '    ';

/** What was found, for a person: what works in one line, what does not with the command that mends it. */
export function doctorLines(findings: readonly Finding[], { width, colour }: LineOptions): string[] {
  const { bold, dim, green, red, yellow } = createColors(colour);
  const lines = findings.flatMap((finding) => {
    const { what, state, found, neededFor, mend } = finding;
    if (state === 'ok')
      return wrapped(`${what}: ${found}`, width, '+ ').map((line) => line.replace(/^\+/, green('+')));
    const [sign, paint] = isFault(finding) ? ['x', red] : ['-', yellow];
    return [
      ...wrapped(`${what} ${state}: ${found}`, width, `${sign} `).map((line, index) =>
        index === 0 ? bold(paint(line)) : line,
      ),
      ...(neededFor ? wrapped(`only for ${neededFor}`, width, INDENT).map(dim) : []),
      ...(mend ? wrapped(`mend: ${mend}`, width, INDENT) : []),
    ];
  });
  const faults = findings.filter(isFault).length;
  const closing =
    faults === 0 ? 'What is needed is there.' : `${count(faults, 'thing')} to mend: the lines with x.`;
  return [...lines, '', ...wrapped(closing, width, '')];
}

/** Breaks a text between words; what is longer than a line alone, such as a path, stays whole. */
function wrapped(text: string, width: number, first: string): string[] {
  const lines: string[] = [];
  const rest = first.startsWith(' ') ? `${first}  ` : INDENT;
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${line} ${word}`;
    else if (line === undefined) lines.push(`${first}${word}`);
    else lines.push(`${rest}${word}`);
  }
  return lines;
}
