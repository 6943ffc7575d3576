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

/** What one module's sources gave, and what they lacked with the reasons. */
interface Search {
  /** With where each is from. */
  readonly found: readonly { readonly name: string; readonly path: string; readonly origin: string }[];
  readonly lacking: readonly string[];
  readonly refusals: readonly string[];
}

/**
 * Finds every binary of the control plane, taking each from the first source that has it. The modules are searched for
 * side by side: one's download goes on while another is built.
 * @throws one error that lists what each source lacked and how to mend it
 */
export async function findBinaries(
  options: SourceOptions,
  sources: readonly BinarySource[] = defaultSources(),
  modules: readonly GoModule[] = [KUBERNETES, ETCD, KWOK],
): Promise<Binaries> {
  const searches = await Promise.all(modules.map((module) => search(module, sources, options)));
  const lacking = searches.flatMap((one) => one.lacking);
  if (lacking.length > 0)
    throw machineProblem(notFound(lacking, [...new Set(searches.flatMap(({ refusals }) => refusals))]));
  const found = searches.flatMap((one) => one.found);
  const namesFrom = (origin: string) => found.filter((one) => one.origin === origin).map(({ name }) => name);
  const origins = [...new Set(found.map(({ origin }) => origin))];
  return {
    paths: Object.fromEntries(found.map(({ name, path }) => [name, path])),
    origin: origins.map((origin) => `${namesFrom(origin).join(', ')} ${origin}`).join('; '),
  };
}

async function search(
  module: GoModule,
  sources: readonly BinarySource[],
  options: SourceOptions,
): Promise<Search> {
  const found: Search['found'][number][] = [];
  const refusals: string[] = [];
  let lacking = module.binaries.map(({ name }) => name);
  for (const source of sources) {
    if (lacking.length === 0) break;
    options.signal?.throwIfAborted();
    const answer = await source.take(module, lacking, options);
    if ('refusal' in answer) {
      if (answer.refusal !== '') refusals.push(`${source.name}: ${answer.refusal}`);
      continue;
    }
    for (const name of lacking) {
      const path = answer.paths[name];
      if (path !== undefined) found.push({ name, path, origin: answer.origin });
    }
    lacking = lacking.filter((name) => !(name in answer.paths));
  }
  return { found, lacking, refusals: lacking.length > 0 ? refusals : [] };
}

function notFound(wanted: readonly string[], refusals: readonly string[]): string {
  return [
    `The embedded cluster needs ${wanted.join(', ')}, and no source has ${wanted.length === 1 ? 'it' : 'them'}:`,
    ...refusals.map((refusal) => `  - ${refusal}`),
    'Mend any one of these, or name a cluster of your own by kubeconfig and context.',
  ].join('\n');
}
