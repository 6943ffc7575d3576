import type { ApplicationSettings, EnvironmentSettings } from './application-schema.js';
import { nameProblem } from './name.js';
import { didYouMean, KeelsonError, listed } from './problem.js';
import { reservedProblem } from './reserved-names.js';

/** An environment with its name and whether it is one person's own. */
export interface NamedEnvironment extends EnvironmentSettings {
  readonly name: string;
  readonly personal: boolean;
}

export interface Selection {
  /** Which environments. @default all of them */
  readonly environments?: readonly string[];
  /** Whose personal environment is there besides those of `people`. @default nobody's */
  readonly user?: string;
  /** Which components of the environments, by name, and nothing of the cluster. @default everything */
  readonly services?: readonly string[];
  /** With `services`: also all that they use, directly or not, in the same environments. @default false */
  readonly deep?: boolean;
  /** Only what has to be there before any environment: namespaces, definitions, the platform. @default false */
  readonly setup?: boolean;
}

/**
 * Every environment of an application, those of single people last.
 *
 * @throws KeelsonError where the user's name can be no environment's.
 */
export function environmentsOf(
  { name: application, environments, personal, people }: Omit<ApplicationSettings, 'services'>,
  user?: string,
): NamedEnvironment[] {
  const shared = Object.entries(environments).map(([name, settings]) => ({
    ...settings,
    name,
    personal: false,
  }));
  if (!personal) return shared;
  const own = user && !Object.hasOwn(environments, user) ? [user] : [];
  const problems = own.flatMap((name) => nameProblem(name) ?? reservedProblem(name) ?? []);
  if (problems.length > 0)
    throw new KeelsonError(
      `Application "${application}"`,
      problems.map((problem) => ({
        where: 'personal',
        message: `${problem}, and the environment of whoever is at the keyboard has the name of the login; set KEELSON_USER to another name, or to an empty one for no such environment`,
      })),
    );
  return [
    ...shared,
    ...[...new Set([...people, ...own])].map((name) => ({ ...personal, name, personal: true })),
  ];
}

/** @throws KeelsonError for a name that the application does not have. */
export function selectEnvironments(
  application: Omit<ApplicationSettings, 'services'>,
  selection: Selection,
): NamedEnvironment[] {
  const all = environmentsOf(application, selection.user);
  if (selection.environments === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = selection.environments.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new KeelsonError(
      `Application "${application.name}"`,
      unknown.map((name) => ({
        where: 'environment',
        message: `there is no "${name}"${didYouMean(name, names) || ';'} allowed: ${listed(names)}`,
      })),
    );
  return all.filter(({ name }) => selection.environments?.includes(name));
}
