import { KeelsonError } from '../../lib/config/problem.js';
import type { ComparedSide, SideProblem } from '../../lib/diff/report.js';
import type { Report } from '../../lib/progress.js';
import { loadProject, withMachines } from '../project.js';
import { type Synthesize, withCommit } from './commit-stacks.js';
import { type Content, readStacks, type Stacks, stacksOf } from './manifests.js';
import type { CodeSource } from './source.js';

/** A side before anything of it is synthesized. */
export interface OpenSide extends Pick<ComparedSide, 'name' | 'commit'> {
  readonly synthesize: Synthesize;
  /** Whether some environments can be synthesized without the others. */
  readonly hasParts: boolean;
}

/** A side with what could be synthesized of it. */
export interface LoadedSide extends ComparedSide {
  readonly stacks: Stacks;
}

/** Opens a side for `work`: a checked-out tree is gone afterwards. */
export async function withSide<T>(
  source: CodeSource,
  here: string,
  report: Report,
  work: (side: OpenSide) => Promise<T>,
): Promise<T> {
  const { name } = source;
  switch (source.kind) {
    case 'folder':
      return work({ name, synthesize: async () => readStacks(source.folder), hasParts: false });
    case 'working tree':
      return work({ name, synthesize: synthesizeHere, hasParts: true });
    case 'commit': {
      const { commit, repository } = source;
      return withCommit(repository, source, here, report, (synthesize) =>
        work({ name, commit, synthesize, hasParts: true }),
      );
    }
  }
}

const synthesizeHere: Synthesize = async (environments) =>
  stacksOf(await withMachines(await loadProject({ environments: environments ?? 'all', withUser: true })));

/** Everything that a side has, or why there is nothing. */
export async function load(side: OpenSide): Promise<LoadedSide> {
  const { stacks, message } = await attempt(() => side.synthesize());
  return { ...nameOf(side), stacks, problems: message === undefined ? [] : [{ message }] };
}

/** Of a side that cannot be synthesized as a whole: every environment that can. */
export async function loadParts(side: OpenSide, environments: readonly string[]): Promise<LoadedSide> {
  const stacks = new Map<string, ReadonlyMap<string, Content>>();
  const problems: SideProblem[] = [];
  for (const stack of environments) {
    const part = await attempt(() => side.synthesize([stack]));
    if (part.message !== undefined) problems.push({ stack, message: part.message });
    for (const [name, manifests] of part.stacks)
      stacks.set(name, new Map([...(stacks.get(name) ?? []), ...manifests]));
  }
  return { ...nameOf(side), stacks, problems };
}

const nameOf = ({ name, commit }: OpenSide) => ({ name, ...(commit !== undefined && { commit }) });

async function attempt(synthesize: () => Promise<Stacks>): Promise<{ stacks: Stacks; message?: string }> {
  try {
    return { stacks: await synthesize() };
  } catch (error) {
    // By its name: an application may have another copy of the library.
    if (!(error instanceof Error) || error.name !== 'KeelsonError') throw error;
    const [only] = error instanceof KeelsonError ? error.problems : [];
    return { stacks: new Map(), message: only?.where === '' ? only.message : error.message };
  }
}
