import { didYouMean, KeelsonError } from '../lib/config/problem.js';
import type { Synthesis } from '../lib/synth.js';
import type { Verb } from '../stacks/deploy-options.js';
import { logicalName } from '../stacks/object-key.js';
import { holdsData } from '../stacks/protection.js';
import {
  type ObjectsOfStacks,
  objectsOf,
  objectsToApply,
  objectsToDelete,
} from '../stacks/selected-objects.js';
import type { Project } from './project.js';

/** What a verb is restricted to. */
export interface ObjectChoice {
  /** Names of services. @default everything */
  readonly services?: readonly string[];
  /** Also all that they use. @default false */
  readonly deep?: boolean;
  /** Logical names of objects, such as `shop/Deployment/web`. @default everything */
  readonly objects?: readonly string[];
}

/**
 * The objects that a verb touches, by stack; undefined where it is all of them.
 *
 * @throws KeelsonError for a service or an object that the application does not have
 */
export function chosenObjects(
  verb: Verb,
  { application, selection, synthesis }: Project,
  { services = [], deep = false, objects }: ObjectChoice,
): ObjectsOfStacks | undefined {
  if (objects !== undefined) {
    const all = synthesis.stacks.map((stack) => [stack.name, objectsOf(stack)] as const);
    const names = all.flatMap(([, known]) => known);
    const unknown = objects.filter((object) => !names.includes(object));
    if (unknown.length > 0)
      throw new KeelsonError(
        `Application "${application.name}"`,
        unknown.map((name) => ({
          where: 'object',
          message: `there is no "${name}"${didYouMean(name, names) || ';'} objects are named [NAMESPACE/]KIND/NAME, as keelson preview shows them`,
        })),
      );
    const chosen = all.map(
      ([stack, known]) => [stack, known.filter((object) => objects.includes(object))] as const,
    );
    return new Map(chosen.filter(([, known]) => known.length > 0));
  }
  if (services.length > 0)
    return verb === 'destroy'
      ? objectsToDelete(application, { ...selection, services })
      : objectsToApply(application, { ...selection, services, deep });
  if (deep)
    throw new KeelsonError('The command', [
      { where: '--deep', message: 'is about services and none is named; name some, or leave it out' },
    ]);
  return undefined;
}

/** The objects among them that hold data, by their logical names. */
export const dataIn = (
  { stacks: all }: Synthesis,
  stacks: readonly string[],
  chosen: ObjectsOfStacks | undefined,
): string[] =>
  all
    .filter(({ name }) => stacks.includes(name))
    .flatMap(({ name, manifests }) => {
      const data = manifests.flatMap(({ objects }) => objects.filter(holdsData).map(logicalName));
      return chosen === undefined ? data : data.filter((object) => chosen.get(name)?.includes(object));
    });
