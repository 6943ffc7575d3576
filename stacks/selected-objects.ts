import type { Application } from '../lib/application.js';
import type { Selection } from '../lib/config/selection.js';
import { constructTree } from '../lib/construct-tree.js';
import { componentsOf } from '../lib/kube/uses.js';
import { type StackManifests, synthesize } from '../lib/synth.js';
import { logicalName } from './object-key.js';

/** Logical names of objects, by the name of their stack. Stacks without any are left out. */
export type ObjectsOfStacks = ReadonlyMap<string, readonly string[]>;

/** Services of the selected environments. */
export type ServiceSelection = Omit<Selection, 'setup'> & { readonly services: readonly string[] };

/** Every object that a stack applies, a Secret for each need included. */
export const objectsOf = ({ manifests, secrets }: StackManifests): string[] => [
  ...secrets.map(({ name, namespace }) =>
    logicalName({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace } }),
  ),
  ...manifests.flatMap(({ objects }) => objects).map(logicalName),
];

/**
 * What the services need to be there: their own objects, with `deep` those of all that they use, and what belongs to
 * no component, for any may need it.
 *
 * @throws KeelsonError for a service that the application does not have
 */
export const objectsToApply = (application: Application, selection: ServiceSelection): ObjectsOfStacks =>
  byStack(synthesize(application, selection).stacks);

/**
 * What goes away with the services: their own objects, without what any other component needs as well.
 *
 * @throws KeelsonError for a service that the application does not have
 */
export function objectsToDelete(application: Application, selection: ServiceSelection): ObjectsOfStacks {
  const { app, environments } = constructTree(application, selection);
  const names = componentsOf(app)
    .filter(({ chart }) => environments.some((environment) => environment.chart === chart))
    .map(({ name }) => name);
  const others = [...new Set(names)].filter((name) => !selection.services.includes(name));
  const kept = objectsToApply(application, { ...selection, services: others, deep: false });
  const own = [...objectsToApply(application, { ...selection, deep: false })].map(
    ([stack, objects]) => [stack, objects.filter((object) => !kept.get(stack)?.includes(object))] as const,
  );
  return new Map(own.filter(([, objects]) => objects.length > 0));
}

const byStack = (stacks: readonly StackManifests[]): ObjectsOfStacks =>
  new Map(stacks.map((stack) => [stack.name, objectsOf(stack)] as const));
