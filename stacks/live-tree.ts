import { colorOf, DOING, type LineStyle } from './change-lines.js';
import { duration } from './run-lines.js';
import type { Change } from './run-record.js';

/** Objects under way that a branch names where there is room. */
const MOST_RUNNING = 5;

export interface Live {
  readonly changes: readonly Change[];
  /** Objects in the stack, where the caller knows. */
  readonly total?: number;
  readonly startedAt: number;
  /** Seconds since 1970, as `startedAt`. */
  readonly now: number;
}

export interface Screen extends LineStyle {
  /** Rows of the terminal. */
  readonly height: number;
}

/**
 * What is under way, from the application over its parts to the objects: a part in which nothing happens is a word,
 * and all such parts are one line. No line is longer, nor all of them higher, than the terminal: what is broken or
 * scrolled away could not be redrawn.
 */
export function liveTree({ changes, total, startedAt, now }: Live, screen: Screen): string[] {
  const root = grown(changes);
  const [application] = changes[0]?.path ?? [];
  const of = total === undefined || total < root.ended ? '' : ` of ${total}`;
  const head = `${application ? `${application}: ` : ''}${root.ended}${of} done, ${duration(now - startedAt)}`;
  const draw = (most: number) => [
    screen.colors.dim(cut(head, screen.width)),
    ...root.lines({ screen, now, most }),
  ];
  const room = Math.max(1, screen.height - 1);
  for (let most = MOST_RUNNING; ; most -= 1) {
    const lines = draw(most);
    if (lines.length <= room || most === 0) return lines.slice(0, room);
  }
}

interface Drawing {
  readonly screen: Screen;
  readonly now: number;
  /** Objects that a branch names. */
  readonly most: number;
}

/** A part of the application with what belongs to it. */
class Branch {
  readonly running: Change[] = [];
  /** Objects that came to their end, in its parts too. */
  ended = 0;
  private failed = 0;
  private readonly parts = new Map<string, Branch>();

  part(name: string): Branch {
    const part = this.parts.get(name) ?? new Branch();
    this.parts.set(name, part);
    return part;
  }

  count({ state }: Change): void {
    if (state !== 'running') this.ended += 1;
    if (state === 'failed') this.failed += 1;
  }

  get idle(): boolean {
    return this.running.length === 0 && [...this.parts.values()].every(({ idle }) => idle);
  }

  lines(drawing: Drawing, indent = '  '): string[] {
    const { screen, now, most } = drawing;
    const parts = [...this.parts].filter(([, { idle }]) => !idle);
    const shown = this.running.slice(0, most).map(({ operation, kind, name, since, status }) => {
      const text = `${indent}${DOING[operation]} ${kind} ${name} ${duration(now - since)}${status ? `: ${status}` : ''}`;
      return colorOf(operation, screen)(cut(text, screen.width));
    });
    const hidden = this.running.length - shown.length;
    const rest = shown.length > 0 ? `and ${hidden} more` : `${hidden} under way`;
    return [
      ...this.idleParts(drawing, indent),
      ...parts.flatMap(([name, part]) => [
        cut(`${indent}${name}${part.ended > 0 ? `: ${part.told}` : ''}`, screen.width),
        ...part.lines(drawing, `${indent}  `),
      ]),
      ...shown,
      ...(hidden > 0 ? [cut(`${indent}${rest}`, screen.width)] : []),
    ];
  }

  private idleParts({ screen }: Drawing, indent: string): string[] {
    const idle = [...this.parts].filter(([, part]) => part.idle && part.ended > 0);
    if (idle.length === 0) return [];
    const sum = new Branch();
    for (const [, { ended, failed }] of idle) {
      sum.ended += ended;
      sum.failed += failed;
    }
    const names = idle.map(([name]) => name).join(', ');
    return [screen.colors.dim(cut(`${indent}${sum.told}: ${names}`, screen.width))];
  }

  private get told(): string {
    return `${this.ended - this.failed} done${this.failed > 0 ? `, ${this.failed} FAILED` : ''}`;
  }
}

function grown(changes: readonly Change[]): Branch {
  const root = new Branch();
  for (const change of changes) {
    let branch = root;
    branch.count(change);
    for (const name of change.path.slice(1)) {
      branch = branch.part(name);
      branch.count(change);
    }
    // What stays as it is takes no time.
    if (change.state === 'running' && change.operation !== 'same') branch.running.push(change);
  }
  return root;
}

function cut(text: string, width: number): string {
  const [line = ''] = text.split('\n');
  return line.length < width ? line : `${line.slice(0, Math.max(0, width - 2))}…`;
}
