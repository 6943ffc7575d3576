import { didYouMean, KeelsonError, listed } from '../../lib/config/problem.js';
import { diffManifests, type StackObjects } from '../../lib/diff/diff.js';
import type { DiffReport } from '../../lib/diff/report.js';
import type { KubeObject } from '../../lib/kube/object.js';
import type { Content, Stacks } from './manifests.js';
import type { LoadedSide } from './side.js';

type Manifests = ReadonlyMap<string, Content>;

/**
 * Compares what both sides have of the selected environments, and says what could not be compared.
 *
 * @throws KeelsonError for an environment that neither side has
 */
export function reportOf(
  base: LoadedSide,
  head: LoadedSide,
  selected: readonly string[] | undefined,
): DiffReport {
  const sides = [base, head];
  if (selected) checkSelection(selected, sides);
  const clusters = new Set(sides.flatMap(({ stacks }) => clustersOf(stacks)));
  const wantedClusters = selected && new Set(sides.flatMap(({ stacks }) => clustersOf(stacks, selected)));
  const failedOf = { base: unknownStacks(base, head), head: unknownStacks(head, base) };
  const failed = [...failedOf.base, ...failedOf.head];
  const isWanted = (environment: string): boolean => selected?.includes(environment) ?? true;
  const isShown = (stack: string, manifest: string): boolean => {
    const environment = clusters.has(stack) ? environmentOf(manifest) : stack;
    return environment === undefined || (isWanted(environment) && !failed.includes(environment));
  };
  const isWantedStack = (name: string): boolean =>
    clusters.has(name) ? (wantedClusters?.has(name) ?? true) : isWanted(name);
  const names = [...new Set([...head.stacks.keys(), ...base.stacks.keys()])].filter(isWantedStack);

  const before: StackObjects[] = [];
  const after: StackObjects[] = [];
  if (isWhole(base) && isWhole(head))
    for (const name of names.filter((stack) => !failed.includes(stack))) {
      const objects = shared(base.stacks.get(name), head.stacks.get(name), (manifest) =>
        isShown(name, manifest),
      );
      if (objects.before) before.push({ name, objects: objects.before });
      if (objects.after) after.push({ name, objects: objects.after });
    }
  const shown = ({ stacks: _, problems, ...side }: LoadedSide) => ({
    ...side,
    problems: problems.filter(({ stack }) => stack === undefined || isWantedStack(stack)),
  });
  return {
    base: shown(base),
    head: shown(head),
    stacks: diffManifests(before, after),
    uncompared: [
      ...uncompared(base, isWhole(head) ? failedOf.head : names, isWantedStack),
      ...uncompared(head, isWhole(base) ? failedOf.base : names, isWantedStack),
    ],
  };
}

/** Whether at least some environments of a side could be synthesized. */
const isWhole = ({ problems }: LoadedSide): boolean => problems.every(({ stack }) => stack !== undefined);

const failedStacks = ({ problems }: LoadedSide): string[] => problems.flatMap(({ stack }) => stack ?? []);

/** Whose objects a side may have, though it lacks them: what failed, and the clusters that only carry such. */
function unknownStacks(side: LoadedSide, other: LoadedSide): string[] {
  const failed = failedStacks(side);
  const clusters = clustersOf(other.stacks, failed).filter((cluster) => !side.stacks.has(cluster));
  return [...failed, ...clusters];
}

/** Of these stacks, what one side has and the other one could not synthesize. */
const uncompared = ({ stacks }: LoadedSide, names: readonly string[], isWanted: (name: string) => boolean) =>
  names.flatMap((stack) => {
    const manifests = stacks.get(stack);
    if (!manifests || !isWanted(stack)) return [];
    return [{ stack, objects: [...manifests.values()].flatMap(({ objects }) => objects()).length }];
  });

/** The objects of a stack on both sides; a manifest with the same text is the same objects, and read once. */
function shared(
  before: Manifests | undefined,
  after: Manifests | undefined,
  isShown: (manifest: string) => boolean,
): { readonly before?: KubeObject[] | undefined; readonly after?: KubeObject[] | undefined } {
  const objectsOf = (manifests: Manifests | undefined, other: Manifests | undefined) => {
    const objects = [...(manifests ?? [])]
      .filter(([name]) => isShown(name))
      .flatMap(([name, content]) => sameAs(content, other?.get(name)).objects());
    return objects.length > 0 ? objects : undefined;
  };
  return { before: objectsOf(before, after), after: objectsOf(after, undefined) };
}

const sameAs = (content: Content, other: Content | undefined): Content =>
  other && (other === content || other.text() === content.text()) ? other : content;

/** What a cluster's stack has for an environment, by the name of the manifest that `keelson synth` writes. */
const ENVIRONMENT = 'environment-';
const environmentOf = (manifest: string): string | undefined =>
  manifest.startsWith(ENVIRONMENT) ? manifest.slice(ENVIRONMENT.length) : undefined;

/** Names of the stacks that are no cluster's. */
export function environmentsIn(stacks: Stacks): string[] {
  const clusters = clustersOf(stacks);
  return [...stacks.keys()].filter((name) => !clusters.includes(name));
}

/** Clusters' stacks and those of their machines, or those of some environments. */
function clustersOf(stacks: Stacks, environments?: readonly string[]): string[] {
  const clusters = [...stacks]
    .filter(([, manifests]) =>
      [...manifests.keys()].some((manifest) => {
        const environment = environmentOf(manifest);
        return environment !== undefined && (environments?.includes(environment) ?? true);
      }),
    )
    .map(([name]) => name);
  const machines = clusters.map((name) => name.replace(/-cluster$/, '-machines'));
  return [...clusters, ...machines.filter((name) => stacks.get(name)?.has('machines'))];
}

function checkSelection(selected: readonly string[], sides: readonly LoadedSide[]): void {
  const known = [
    ...new Set(sides.flatMap((side) => [...environmentsIn(side.stacks), ...failedStacks(side)])),
  ];
  const unknown = selected.filter((name) => !known.includes(name));
  if (unknown.length === 0 || known.length === 0) return;
  throw new KeelsonError(
    'The comparison',
    unknown.map((name) => ({
      where: `--env ${name}`,
      message: `neither side has it${didYouMean(name, known) || ';'} allowed: ${listed(known)}`,
    })),
  );
}
