import type { FieldChange, Path } from './field-changes.js';
import { gaps } from './gaps.js';

/** One line about a field: `~` what it was and is, `+` and `-` what was added and removed. */
export interface FieldLine {
  readonly sign: '+' | '-' | '~' | ' ';
  readonly text: string;
}

/** What a field was and is, for a person; texts of several lines line by line. */
export function fieldLines({ path, before, after }: FieldChange): FieldLine[] {
  const name = formatPath(path);
  if (typeof before === 'string' && typeof after === 'string' && /\n/.test(before + after))
    return [{ sign: '~', text: `${name}:` }, ...textLines(before.split('\n'), after.split('\n'))];
  if (before === undefined) return [{ sign: '+', text: `${name}: ${formatValue(after)}` }];
  if (after === undefined) return [{ sign: '-', text: `${name}: ${formatValue(before)}` }];
  return [{ sign: '~', text: `${name}: ${formatValue(before)} → ${formatValue(after)}` }];
}

const textLines = (before: readonly string[], after: readonly string[]): FieldLine[] =>
  gaps(before, after).flatMap((gap) => [
    ...gap.before.map((index): FieldLine => ({ sign: '-', text: `  ${before[index]}` })),
    ...gap.after.map((index): FieldLine => ({ sign: '+', text: `  ${after[index]}` })),
  ]);

/** `spec.containers[web].image`, `metadata.annotations["example.com/owner"]`. */
export const formatPath = (path: Path): string =>
  path.reduce((so, step) => {
    if (step.startsWith('[')) return `${so}${step}`;
    if (!/^[\w$-]+$/.test(step)) return `${so}[${JSON.stringify(step)}]`;
    return so ? `${so}.${step}` : step;
  }, '');

function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"'{}[\]][^\n]*$/.test(value)) return value;
  return JSON.stringify(value);
}
