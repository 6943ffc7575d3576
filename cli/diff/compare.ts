import { KeelsonError } from '../../lib/config/problem.js';
import type { DiffReport } from '../../lib/diff/report.js';
import type { Report } from '../../lib/progress.js';
import type { TargetOptions } from '../target.js';
import { treeOf, uncommitted } from './git.js';
import { environmentsIn, reportOf } from './report-of.js';
import { type LoadedSide, load, loadParts, type OpenSide, withSide } from './side.js';
import type { CodeSource, Source } from './source.js';

interface Comparison {
  readonly base: Source;
  readonly head: Source;
  /** Folder that the command runs in. */
  readonly here: string;
  /** @default all of either side */
  readonly environments?: readonly string[] | undefined;
  readonly report: Report;
  /** Of a comparison with `live`: which cluster. @default the embedded one */
  readonly target?: TargetOptions;
}

/** Compares two sides, of which one may be what a cluster has. @throws KeelsonError where both are */
export async function compare({ base, head, ...options }: Comparison): Promise<DiffReport> {
  if (base.kind !== 'live' && head.kind !== 'live') return compareCode({ base, head, ...options });
  const { environments, target, ...rest } = options;
  const [code, live] = base.kind === 'live' ? [head, 'base' as const] : [base, 'head' as const];
  if (code.kind === 'live')
    throw new KeelsonError('The comparison', [
      { where: 'live', message: 'is on both sides; name code as one' },
    ]);
  const { compareLive } = await import('./live.js');
  return compareLive({
    ...rest,
    code,
    live,
    options: { ...target, ...(environments && { env: environments }) },
  });
}

interface CodeComparison extends Comparison {
  readonly base: CodeSource;
  readonly head: CodeSource;
}

/** Synthesizes both sides at once, or one where both have the same files, and compares them. */
async function compareCode({ base, head, here, environments, report }: CodeComparison): Promise<DiffReport> {
  if (haveSameFiles(base, head))
    return withSide(head, here, report, async (open) => {
      const side = await load(open);
      const { name, commit } = base.kind === 'commit' ? base : { ...base, commit: undefined };
      return reportOf({ ...side, name, ...(commit !== undefined && { commit }) }, side, environments);
    });
  return withSide(base, here, report, (old) =>
    withSide(head, here, report, async (now) => {
      const sides = await Promise.all([load(old), load(now)]);
      const [before, after] = await Promise.all([
        inParts(old, sides[0], sides[1]),
        inParts(now, sides[1], sides[0]),
      ]);
      return reportOf(before, after, environments);
    }),
  );
}

/** The working tree has the files of a commit where nothing is uncommitted. */
function haveSameFiles(base: CodeSource, head: CodeSource): boolean {
  if (base.kind !== 'commit' || head.kind === 'folder') return false;
  const { repository, commit } = base;
  const other = head.kind === 'commit' ? head.commit : 'HEAD';
  if (treeOf(repository, commit) !== treeOf(repository, other)) return false;
  return head.kind === 'commit' || uncommitted(repository).length === 0;
}

/** What fails as a whole is tried environment by environment, of which the other side knows the names. */
async function inParts(open: OpenSide, side: LoadedSide, other: LoadedSide): Promise<LoadedSide> {
  if (side.problems.length === 0 || !open.hasParts || other.stacks.size === 0) return side;
  const parts = await loadParts(open, environmentsIn(other.stacks));
  return parts.stacks.size === 0 ? side : parts;
}
