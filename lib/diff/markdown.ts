import { type StackDiff, titleOf } from './diff.js';
import { fieldLines } from './field-lines.js';
import { counted } from './mark.js';
import type { MarkedChange } from './object-change.js';
import {
  actionSummary,
  budgetSummary,
  byCost,
  type DiffReport,
  DONE,
  failureOf,
  markSummary,
  outcome,
  scopeOf,
  sideName,
} from './report.js';

/** Characters of a comment on GitHub, as its API says it. @see https://docs.github.com/rest/issues/comments */
export const COMMENT_LIMIT = 65_536;

export interface MarkdownOptions {
  /** Characters at most; the totals stay whatever is left out. @default 65536, those of a comment on GitHub */
  readonly limit?: number;
}

/** How much of every change is told; each level says less than the one before. */
const LEVELS: readonly ((change: MarkedChange) => string | undefined)[] = [
  (change) => entry(change, true),
  (change) => entry(change, change.marks.length > 0),
  (change) => entry(change, false),
  (change) => (change.marks.length > 0 ? entry(change, false) : undefined),
];

/** Stacks in the summary. */
const MOST_STACKS = 50;

/**
 * The report for a comment: totals first, then every stack folded. Whatever comes from the code stands in code spans
 * and blocks, so that it can neither notify anyone nor pass for markup.
 */
export function diffMarkdown(report: DiffReport, { limit = COMMENT_LIMIT }: MarkdownOptions = {}): string {
  const head = summary(report);
  for (const level of LEVELS) {
    const text = [head, ...report.stacks.flatMap((stack) => details(stack, level))].join('\n');
    if (text.length + 1 <= limit) return `${text}\n`;
  }
  return cut(head, report, limit);
}

function summary(report: DiffReport): string {
  const changed = report.stacks.filter((stack) => stack.changes.length > 0);
  const more = changed.length - MOST_STACKS;
  return [
    `### ${code(sideName(report.base))} → ${code(sideName(report.head))}: ${outcome(report)}`,
    '',
    ...changed.slice(0, MOST_STACKS).map((stack) => `- ${code(stack.name)}: ${stackSummary(stack, '**')}`),
    ...(more > 0 ? [`- … and ${counted(more, 'more stack')}`] : []),
    ...[report.base, report.head].flatMap((side) =>
      side.problems.flatMap(({ stack, message }) => [
        '',
        `**${code(side.name)} ${failureOf(side)}${stack === undefined ? '' : ` ${code(stack)}`}:**`,
        '',
        block(message.slice(0, 5000), 'text'),
      ]),
    ),
    ...report.uncompared
      .slice(0, MOST_STACKS)
      .map(
        ({ stack, objects }) =>
          `- ${code(stack)} is not compared; the other side has ${counted(objects, 'object')}`,
      ),
    '',
    `<sub>${scopeOf(report)}</sub>`,
    '',
  ].join('\n');
}

function stackSummary(stack: StackDiff, strong: '**' | ''): string {
  const { missing, changes } = stack;
  const marks = markSummary(changes).map(({ kind, count }) => `${strong}${kind} ${count}${strong}`);
  const news = missing === 'before' ? 'new, ' : missing === 'after' ? 'gone, ' : '';
  return [`${news}${actionSummary(changes)}`, marks.join(', '), budgetSummary(stack)]
    .filter(Boolean)
    .join('; ');
}

function details(stack: StackDiff, level: (change: MarkedChange) => string | undefined): string[] {
  if (stack.changes.length === 0) return [];
  const entries = byCost(stack.changes).map(level);
  const told = entries.filter((text) => text !== undefined);
  const left = entries.length - told.length;
  return [
    ...opening(stack),
    ...told,
    ...(left > 0 ? [`- … and ${counted(left, 'more object')}`] : []),
    ...CLOSING,
  ];
}

const opening = (stack: StackDiff): string[] => [
  `<details><summary><code>${html(stack.name)}</code>: ${stackSummary(stack, '')}</summary>`,
  '',
];
const CLOSING = ['', '</details>', ''];

/** One change: its marks, and folded below them its fields. */
function entry(change: MarkedChange, withFields: boolean): string {
  const lines = change.fields
    .flatMap(fieldLines)
    .map(({ sign, text }) => `${sign === '~' ? '!' : sign} ${text}`);
  return [
    `- **${DONE[change.action]}** ${code(titleOf(change))}`,
    ...change.marks.map(({ kind, text }) => `  - **${kind}**: ${code(text)}`),
    ...(lines.length === 0
      ? []
      : withFields
        ? [
            `  <details><summary>${counted(change.fields.length, 'field')}</summary>`,
            '',
            ...block(lines.join('\n'), 'diff')
              .split('\n')
              .map((line) => `  ${line}`),
            '',
            '  </details>',
            '',
          ]
        : []),
  ].join('\n');
}

/** As many of the costly changes as there is room for. */
function cut(head: string, report: DiffReport, limit: number): string {
  const changed = report.stacks.filter(({ changes }) => changes.length > 0);
  let text = head;
  for (const stack of changed) {
    const frame = [
      ...opening(stack),
      `- … and ${counted(stack.changes.length, 'more object')}`,
      ...CLOSING,
    ].join('\n');
    let room = limit - text.length - frame.length - 2;
    if (room < 0) break;
    const told: string[] = [];
    for (const change of byCost(stack.changes)) {
      const line = entry(change, false);
      room -= line.length + 1;
      if (room < 0) break;
      told.push(line);
    }
    const left = stack.changes.length - told.length;
    const rest = left > 0 ? [`- … and ${counted(left, 'more object')}`] : [];
    text += ['', ...opening(stack), ...told, ...rest, ...CLOSING].join('\n');
  }
  return `${text.slice(0, limit - 1)}\n`;
}

/** A code span: nothing in it is markup, whatever it holds. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const fence = '`'.repeat(1 + longestRun(line, 0));
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function block(text: string, language: string): string {
  const fence = '`'.repeat(1 + longestRun(text, 2));
  return `${fence}${language}\n${text}\n${fence}`;
}

const longestRun = (text: string, least: number): number =>
  Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));

const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
