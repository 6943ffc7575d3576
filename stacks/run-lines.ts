import { changeLines, colorOf, type LineStyle, SYMBOLS } from './change-lines.js';
import type { Verb } from './deploy-options.js';
import type { Change, Operation } from './run-record.js';

const ORDER: readonly Operation[] = ['create', 'update', 'replace', 'delete', 'same'];

const PLANNED = { create: 'to create', update: 'to update', replace: 'to REPLACE', delete: 'to DELETE' };
const DONE = { create: 'created', update: 'updated', replace: 'REPLACED', delete: 'deleted' };
const FOUND = { ...DONE, update: 'drifted', delete: 'GONE' };

/** `7 s`, `1 min 12 s`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 1) return 'under 1 s';
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

export interface Totals {
  readonly verb: Verb;
  readonly counts: Readonly<Record<Operation, number>>;
  readonly seconds: number;
}

/** What a run came to, in a line; an import says it by what it names. */
export const summaryLines = (totals: Totals, style: LineStyle): string[] =>
  totals.verb === 'import' ? [] : [summaryLine(totals, style)];

/** `+ 41 created  ~ 1 updated  = 12 unchanged in 9 s`, or that there was nothing to do. */
export function summaryLine({ verb, counts, seconds }: Totals, style: LineStyle): string {
  const changed = ORDER.filter((operation) => operation !== 'same' && counts[operation] > 0);
  if (changed.length === 0) {
    if (verb === 'destroy') return 'Nothing to delete: the stack has no objects.';
    if (verb === 'refresh')
      return counts.same === 1
        ? 'No drift: 1 object is as the last up left it.'
        : `No drift: ${counts.same} objects are as the last up left them.`;
    return counts.same === 1
      ? 'Nothing to change: 1 object is as described.'
      : `Nothing to change: ${counts.same} objects are as described.`;
  }
  const parts = countParts({ verb, counts }, style);
  return verb === 'preview' ? parts : `${parts} in ${duration(seconds)}`;
}

/** What a run that failed had done by then; nothing where it had not begun. */
export function stoppedLines(changes: readonly Change[], totals: Totals, style: LineStyle): string[] {
  const failed = changes.filter(({ state }) => state === 'failed').length;
  const done = countParts(totals, style);
  if (failed === 0 && done === '') return [];
  const { bold, red } = style.colors;
  const failures = failed > 0 ? [bold(red(`x ${failed} FAILED`))] : [];
  return [`Stopped after ${duration(totals.seconds)}: ${[...failures, done].filter(Boolean).join('  ')}`];
}

function countParts({ verb, counts }: Pick<Totals, 'verb' | 'counts'>, style: LineStyle): string {
  const words = {
    ...(verb === 'preview' ? PLANNED : verb === 'refresh' ? FOUND : DONE),
    same: 'unchanged',
  };
  return ORDER.filter((operation) => counts[operation] > 0)
    .map((operation) =>
      colorOf(operation, style)(`${SYMBOLS[operation]} ${counts[operation]} ${words[operation]}`),
    )
    .join('  ');
}

/** What a preview found: what goes away last, next to the summary, where nobody overlooks it. */
export const previewLines = (changes: readonly Change[], style: LineStyle): string[] =>
  ORDER.filter((operation) => operation !== 'same').flatMap((operation) =>
    changes
      .filter((change) => change.operation === operation)
      .flatMap((change) => changeLines(change, 'preview', style)),
  );
