import { createColors } from 'picocolors';
import { type StackDiff, titleOf } from './diff.js';
import { type FieldLine, fieldLines } from './field-lines.js';
import type { Mark, MarkKind } from './mark.js';
import { counted } from './mark.js';
import type { Action, MarkedChange } from './object-change.js';
import {
  actionSummary,
  budgetSummary,
  byCost,
  type ComparedSide,
  changesIn,
  type DiffReport,
  failureOf,
  markSummary,
  outcome,
  scopeOf,
  sideName,
} from './report.js';

export interface TerminalOptions {
  /** Columns. @default 100 */
  readonly width?: number;
  /** @default false */
  readonly colour?: boolean;
  /** Every field of every object. @default false: marks, and of objects without any the first fields */
  readonly full?: boolean;
}

const SIGNS: Readonly<Record<Action, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  rename: '»',
  delete: '-',
};

/** Kinds that nobody should miss. */
const GRAVE: readonly MarkKind[] = ['data loss', 'downtime', 'exposure', 'privilege'];

/** Fields of an object without marks, unless all are asked for. */
const FEW = 3;

/** The report for a terminal: one line an object, and below it what matters. */
export function diffTerminal(report: DiffReport, options: TerminalOptions = {}): string {
  const page = new Page(options);
  page.summary(report);
  for (const stack of report.stacks) if (stack.changes.length > 0) page.stack(stack);
  return `${page.lines.join('\n')}\n`;
}

class Page {
  readonly lines: string[] = [];
  private readonly width: number;
  private readonly full: boolean;
  private readonly paint: ReturnType<typeof createColors>;

  constructor({ width = 100, colour = false, full = false }: TerminalOptions) {
    this.width = Math.max(width, 20);
    this.full = full;
    this.paint = createColors(colour);
  }

  summary(report: DiffReport): void {
    const changes = changesIn(report);
    this.add(`${sideName(report.base)} → ${sideName(report.head)}: ${outcome(report)}`, '', this.paint.bold);
    const marks = markSummary(changes);
    if (marks.length > 0)
      this.add(marks.map(({ kind, count }) => `${kind} ${count}`).join(', '), '  ', this.paint.yellow);
    for (const side of [report.base, report.head]) this.problems(side);
    for (const { stack, objects } of report.uncompared)
      this.add(
        `${stack} is not compared; the other side has ${counted(objects, 'object')}`,
        '  ',
        this.paint.yellow,
      );
    this.add(scopeOf(report), '', this.paint.dim);
  }

  stack(stack: StackDiff): void {
    const { name, missing, changes } = stack;
    const news = missing === 'before' ? ' (new)' : missing === 'after' ? ' (gone)' : '';
    const budget = budgetSummary(stack);
    this.lines.push('');
    this.add(`${name}${news}: ${actionSummary(changes)}${budget ? `; ${budget}` : ''}`, '', this.paint.bold);
    for (const change of byCost(changes)) this.change(change);
  }

  private change(change: MarkedChange): void {
    const { action, marks } = change;
    const kinds = [...new Set(marks.map(({ kind }) => kind))];
    const title = `${SIGNS[action]} ${titleOf(change)}${kinds.length > 0 ? ` [${kinds.join(', ')}]` : ''}`;
    this.add(title, '  ', this.colourOf(action));
    for (const mark of marks) this.mark(mark);
    this.fields(change);
  }

  private mark({ kind, text }: Mark): void {
    this.add(`${GRAVE.includes(kind) ? '!' : '·'} ${kind}: ${text}`, '      ', this.colourOfMark(kind));
  }

  private fields({ fields, marks, replacing }: MarkedChange): void {
    const because = this.full ? [] : replacing;
    const shown = this.full ? fields : marks.length > 0 ? because : fields.slice(0, FEW);
    const lines = shown.flatMap(fieldLines);
    const kept = this.full ? lines : lines.slice(0, 2 * FEW);
    for (const line of kept) this.field(line);
    const rest = fields.length - shown.length;
    if (rest > 0)
      this.add(
        `… ${counted(rest, shown.length > 0 ? 'more field' : 'field')} (--full)`,
        '      ',
        this.paint.dim,
      );
    else if (kept.length < lines.length)
      this.add(`… ${counted(lines.length - kept.length, 'more line')} (--full)`, '      ', this.paint.dim);
  }

  private field({ sign, text }: FieldLine): void {
    const { green, red } = this.paint;
    const line = this.full || text.length < 200 ? text : `${text.slice(0, 199)}…`;
    this.add(`${sign} ${line}`, '      ', sign === '+' ? green : sign === '-' ? red : undefined);
  }

  private problems(side: ComparedSide): void {
    const { name, problems } = side;
    for (const { stack, message } of problems) {
      this.add(`${name} ${failureOf(side)}${stack === undefined ? '' : ` ${stack}`}:`, '  ', this.paint.red);
      for (const line of message.split('\n')) this.add(line, '    ');
    }
  }

  private colourOf(action: Action) {
    const { green, red, yellow } = this.paint;
    if (action === 'create') return green;
    return action === 'update' ? yellow : red;
  }

  private colourOfMark(kind: MarkKind) {
    return kind === 'data loss' ? this.paint.red : GRAVE.includes(kind) ? this.paint.yellow : this.paint.dim;
  }

  /** Breaks a line between words; what follows stands a little further in. */
  private add(text: string, indent: string, colour: (text: string) => string = (same) => same): void {
    let line = indent;
    for (const word of text.split(' ')) {
      if (line.trim() !== '' && line.length + 1 + word.length > this.width) {
        this.lines.push(colour(line));
        line = `${indent}  ${word}`;
      } else line += line.trim() === '' ? word : ` ${word}`;
    }
    this.lines.push(colour(line));
  }
}
