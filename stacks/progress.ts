import type { EngineEvent } from '@pulumi/pulumi/automation';
import { createColors } from 'picocolors';
import { changeLines, type LineStyle, warningLines } from './change-lines.js';
import type { Verb } from './deploy-options.js';
import { liveTree } from './live-tree.js';
import { previewLines, stoppedLines, summaryLines } from './run-lines.js';
import { RunRecord } from './run-record.js';
import type { StackRun } from './stack-run.js';

/** The part of a terminal or pipe that progress needs; `process.stdout` is one. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Columns that a line may have; any number where nobody sees it in a terminal. */
export const widthOf = ({ isTTY, columns = 80 }: ProgressStream): number =>
  isTTY ? columns : Number.POSITIVE_INFINITY;

export interface ProgressOptions {
  readonly verb: Verb;
  /** @default process.stdout */
  readonly stream?: ProgressStream;
  /** Objects in the stack, for "12 of 53 done". @default unknown */
  readonly total?: number;
  /** Logical names of the objects that are the run's business. @default every one */
  readonly only?: readonly string[];
  /** Redraw what is under way below the finished lines. @default where the stream is a terminal, outside CI */
  readonly live?: boolean;
  /** @default where the stream is a terminal and NO_COLOR is not set */
  readonly color?: boolean;
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number;
}

export interface Progress {
  readonly onEvent: (event: EngineEvent) => void;
  /** Writes a line above what is drawn: anything else that writes to the terminal meanwhile would spoil it. */
  readonly note: (message: string) => void;
  /** Writes the summary and stops drawing; to be called however the run ends. */
  readonly finish: (outcome: 'succeeded' | 'failed', run?: StackRun) => void;
}

/** Least milliseconds between two drawings, and the time after which elapsed seconds are drawn anew. */
const REDRAW = 100;
const TICK = 1000;

/**
 * Shows a run while it goes on: in a terminal a live tree of what is under way, elsewhere a line for each object that
 * came to its end. Values of properties are never shown, so neither are secrets. Errors belong to the thrown
 * {@link DeployError}.
 */
export function createProgress(options: ProgressOptions): Progress {
  const { verb, stream = process.stdout, total, clock = Date.now } = options;
  const { NO_COLOR, CI } = process.env;
  const live = options.live ?? (stream.isTTY === true && !CI);
  const colors = createColors(options.color ?? (stream.isTTY === true && !NO_COLOR));
  const style = (): LineStyle => ({
    colors,
    width: widthOf(stream),
  });
  const record = new RunRecord(options.only);
  const startedAt = clock();
  let drawn = 0;
  let drawnAt = 0;

  // To the first column too: the terminal writes ^C where the cursor is.
  const erase = () => (drawn > 0 ? `\r\u001b[${drawn}A\u001b[0J` : '');
  const print = (lines: readonly string[], redraw: boolean) => {
    const below = redraw
      ? liveTree(
          { changes: record.changes, total, startedAt: startedAt / 1000, now: clock() / 1000 },
          { ...style(), height: stream.rows ?? 24 },
        )
      : [];
    stream.write(erase() + [...lines, ...below].map((line) => `${line}\n`).join(''));
    drawn = below.length;
    drawnAt = clock();
  };
  const timer = live ? setInterval(() => print([], true), TICK).unref() : undefined;

  return {
    onEvent: (event) => {
      const ended = record.add(event);
      const lines =
        ended && verb !== 'preview' && ended.operation !== 'same' ? changeLines(ended, verb, style()) : [];
      if (live && (lines.length > 0 || clock() - drawnAt >= REDRAW)) print(lines, true);
      else if (!live && lines.length > 0) print(lines, false);
    },
    note: (message) => print([colors.dim(message)], live),
    finish: (outcome, run) => {
      clearInterval(timer);
      const totals = { verb, counts: record.counts, seconds: (clock() - startedAt) / 1000 };
      print(
        [
          ...(verb === 'preview' ? previewLines(record.changes, style()) : []),
          ...warningLines(record.diagnostics, style()),
          ...(outcome === 'succeeded'
            ? summaryLines(totals, style())
            : stoppedLines(record.changes, totals, style())),
          ...(run?.imported ?? []).map((object) => `> imported ${object}`),
        ],
        false,
      );
    },
  };
}
