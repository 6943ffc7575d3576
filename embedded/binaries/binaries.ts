import { machineProblem } from '../machine-problem.js';
import { assetsFolder } from './assets-folder.js';
import type { BinarySource, SourceOptions } from './binary-source.js';
import { builtBefore, goModule } from './built-binaries.js';
import { downloadedBefore, officialReleases } from './downloaded-binaries.js';
import { ETCD, type GoModule, KUBERNETES, KWOK } from './go-modules.js';

/** The programs of a control plane, and a sentence about where they came from. */
export interface Binaries {
  readonly paths: Readonly<Record<string, string>>;
  readonly origin: string;
}

/** In the order of preference; what is on this machine already comes before what takes minutes. */
function defaultSources(): readonly BinarySource[] {
  return [assetsFolder(), downloadedBefore(), builtBefore(), officialReleases(), goModule()];
}

/**
 * Finds every binary of the control plane, taking each from the first source that has it.
 * @throws one error that lists what each source lacked and how to mend it
 */
export async function findBinaries(
  options: SourceOptions,
  sources: readonly BinarySource[] = defaultSources(),
  modules: readonly GoModule[] = [KUBERNETES, ETCD, KWOK],
): Promise<Binaries> {
  const paths: Record<string, string> = {};
  const origins = new Map<string, string[]>();
  for (const module of modules) {
    let wanted = module.binaries.map(({ name }) => name);
    const refusals: string[] = [];
    for (const source of sources) {
      if (wanted.length === 0) break;
      options.signal?.throwIfAborted();
      const answer = await source.take(module, wanted, options);
      if ('refusal' in answer) {
        if (answer.refusal !== '') refusals.push(`${source.name}: ${answer.refusal}`);
        continue;
      }
      Object.assign(paths, answer.paths);
      const taken = wanted.filter((name) => name in answer.paths);
      if (taken.length > 0) origins.set(answer.origin, [...(origins.get(answer.origin) ?? []), ...taken]);
      wanted = wanted.filter((name) => !(name in answer.paths));
    }
    if (wanted.length > 0) throw machineProblem(notFound(wanted, refusals));
  }
  return { paths, origin: [...origins].map(([origin, names]) => `${names.join(', ')} ${origin}`).join('; ') };
}

function notFound(wanted: readonly string[], refusals: readonly string[]): string {
  return [
    `The embedded cluster needs ${wanted.join(', ')}, and no source has ${wanted.length === 1 ? 'it' : 'them'}:`,
    ...refusals.map((refusal) => `  - ${refusal}`),
    'Mend any one of these, or name a cluster of your own by kubeconfig and context.',
  ].join('\n');
}
