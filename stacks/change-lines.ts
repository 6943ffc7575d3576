import type { Colors } from 'picocolors/types';
import type { Verb } from './deploy-options.js';
import type { Change, Diagnostic, Operation } from './run-record.js';

/** How lines are made: plain text carries everything, colour only repeats it. */
export interface LineStyle {
  readonly colors: Colors;
  /** Columns of the terminal; Infinity for files and pipes. */
  readonly width: number;
}

type Words = Readonly<Record<Operation, string>>;

/** Capitals where an object, and with it perhaps data, goes. */
const PLANNED: Words = {
  create: 'create',
  update: 'update',
  replace: 'REPLACE',
  delete: 'DELETE',
  same: 'keep',
};
const DONE: Words = {
  create: 'created',
  update: 'updated',
  replace: 'REPLACED',
  delete: 'deleted',
  same: 'kept',
};
/** What a refresh found. */
const FOUND: Words = { ...DONE, update: 'drifted', delete: 'GONE' };
export const DOING: Words = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  delete: 'deleting',
  same: 'checking',
};
export const SYMBOLS: Words = { create: '+', update: '~', replace: '!', delete: '-', same: '=' };

/** Columns of a word, so that kinds stand below each other. */
const WORD = 8;
const INDENT = '    ';
/** Property paths shown of one object; a person who wants more asks for the diff. */
const MOST_PATHS = 6;

export const colorOf = (operation: Operation, { colors }: LineStyle): ((text: string) => string) =>
  ({
    create: colors.green,
    update: colors.yellow,
    replace: (text: string) => colors.bold(colors.magenta(text)),
    delete: (text: string) => colors.bold(colors.red(text)),
    same: colors.dim,
  })[operation];

const wordsOf = (verb: Verb): Words => (verb === 'preview' ? PLANNED : verb === 'refresh' ? FOUND : DONE);

/** An object of a preview, or one that came to its end, with what changes in it. */
export function changeLines(change: Change, verb: Verb, style: LineStyle): string[] {
  const { operation, kind, name, state } = change;
  const failed = state === 'failed';
  const word = failed ? 'FAILED' : wordsOf(verb)[operation];
  const paint = failed
    ? (text: string) => style.colors.bold(style.colors.red(text))
    : colorOf(operation, style);
  const head = `${failed ? 'x' : SYMBOLS[operation]} ${word.padEnd(WORD)}`;
  const room = style.width - head.length - kind.length - name.length - 2;
  const lines =
    room >= 0 ? [`${paint(head)} ${kind} ${name}`] : [`${paint(head)} ${kind}`, `${INDENT}${name}`];
  if (failed || (operation !== 'update' && operation !== 'replace')) return lines;
  return [...lines, ...pathLines(change, style)];
}

function pathLines({ paths, forcing }: Change, { colors, width }: LineStyle): string[] {
  // What forces a replacement is the news; it comes first and is never cut off.
  const ordered = [...forcing, ...paths.filter((path) => !forcing.includes(path))];
  const shown = ordered.slice(0, Math.max(MOST_PATHS, forcing.length));
  const lines = shown.flatMap((path) => {
    const reason = forcing.includes(path) ? 'cannot be changed in place' : '';
    const joined = `${INDENT}${path}${reason && `: ${reason}`}`;
    return joined.length <= width || reason === '' ? [joined] : [`${INDENT}${path}:`, `${INDENT}  ${reason}`];
  });
  if (ordered.length > shown.length) lines.push(`${INDENT}and ${ordered.length - shown.length} more`);
  return lines.map((line) => colors.dim(line));
}

/** Warnings, complete, each after the object that it is about. */
export const warningLines = (diagnostics: readonly Diagnostic[], { colors }: LineStyle): string[] =>
  diagnostics
    .filter(({ severity }) => severity === 'warning')
    .map(({ object, message }) => `${colors.yellow('warning')} ${object ? `${object}: ` : ''}${message}`);
