import { actionsIn, marksIn, type StackDiff } from './diff.js';
import { MARK_KINDS, type Mark, type MarkKind } from './mark.js';
import type { Action, MarkedChange } from './object-change.js';

/** One of the two things that are compared. */
export interface ComparedSide {
  /** As it was asked for: `main`, `dist/manifests`; or `working tree`. */
  readonly name: string;
  /** Whether it is what a cluster has. @default code */
  readonly live?: boolean;
  /** Full hash, where it is a commit. */
  readonly commit?: string;
  /** Why it, or some of its stacks, could not be synthesized. */
  readonly problems: readonly SideProblem[];
}

export interface SideProblem {
  /** @default all of them */
  readonly stack?: string;
  readonly message: string;
}

/** A comparison with all that its readers need. */
export interface DiffReport {
  readonly base: ComparedSide;
  readonly head: ComparedSide;
  readonly stacks: readonly StackDiff[];
  /** Stacks that one side could not synthesize, with the number of objects that the other one has. */
  readonly uncompared: readonly { readonly stack: string; readonly objects: number }[];
}

/** What a reader must not take it for. */
export const scopeOf = (report: DiffReport): string =>
  isLive(report)
    ? 'What Keelson has applied to the cluster, as it is there now, compared with code: without Secrets, machines and what others added.'
    : 'Code compared with code: what differs in the cluster itself is not in it (keelson preview shows that).';

/** What is the matter with a side that has problems. */
export const failureOf = ({ live = false }: ComparedSide): string =>
  live ? 'does not show' : 'does not synthesize';

export const isLive = ({ base, head }: Pick<DiffReport, 'base' | 'head'>): boolean =>
  (base.live ?? false) || (head.live ?? false);

/** Past tense of every action, in the order of a summary. */
export const DONE: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  rename: 'renamed',
  delete: 'deleted',
};

export const changesIn = ({ stacks }: Pick<DiffReport, 'stacks'>): readonly MarkedChange[] =>
  stacks.flatMap(({ changes }) => changes);

/** `1 created, 2 deleted`, or `no changes`. */
export function actionSummary(changes: readonly MarkedChange[]): string {
  const counts = actionsIn(changes);
  const parts = (Object.keys(DONE) as Action[]).flatMap((action) =>
    counts.has(action) ? [`${counts.get(action)} ${DONE[action]}`] : [],
  );
  return parts.join(', ') || 'no changes';
}

/** What came out of it, in a few words; what could not be compared is never taken for unchanged. */
export function outcome(report: DiffReport): string {
  const changes = changesIn(report);
  const isPartial = report.base.problems.length + report.head.problems.length > 0;
  if (changes.length > 0 || !isPartial) return actionSummary(changes);
  return report.stacks.length === 0 ? 'nothing could be compared' : 'no changes in what could be compared';
}

/** How many changes carry each mark, the worst first. */
export function markSummary(changes: readonly MarkedChange[]): { kind: MarkKind; count: number }[] {
  const counts = marksIn(changes.map((change) => ({ ...change, marks: oncePerKind(change.marks) })));
  return MARK_KINDS.flatMap((kind) => {
    const count = counts.get(kind);
    return count === undefined ? [] : [{ kind, count }];
  });
}

const oncePerKind = (marks: readonly Mark[]): Mark[] =>
  MARK_KINDS.flatMap((kind) => marks.find((mark) => mark.kind === kind) ?? []);

/** `requests +50m CPU and -128 MiB memory`; empty where nothing changes. */
export function budgetSummary({ budget: { before, after } }: StackDiff): string {
  const parts = (
    [
      ['cpuMillis', 'm CPU'],
      ['memoryMiB', ' MiB memory'],
      ['storageMiB', ' MiB storage'],
      ['loadBalancers', ' load balancers'],
    ] as const
  ).flatMap(([field, unit]) => {
    const difference = after[field] - before[field];
    return difference === 0 ? [] : [`${difference > 0 ? '+' : ''}${difference}${unit}`];
  });
  return parts.length > 0 ? `asks for ${parts.join(', ')}` : '';
}

/** The most costly ones first; the others stay as the application has them. */
export const byCost = (changes: readonly MarkedChange[]): MarkedChange[] =>
  [...changes].sort((one, other) => costOf(one) - costOf(other));

const costOf = ({ marks }: MarkedChange): number =>
  Math.min(MARK_KINDS.length, ...marks.map(({ kind }) => MARK_KINDS.indexOf(kind)));

/** `main (1a2b3c4)`. */
export const sideName = ({ name, commit }: ComparedSide): string =>
  commit === undefined || commit.startsWith(name) ? name : `${name} (${commit.slice(0, 7)})`;
