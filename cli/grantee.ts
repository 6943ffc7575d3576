import type { Application } from '../lib/application.js';
import { didYouMean, KeelsonError, listed } from '../lib/config/problem.js';
import { environmentsOf, type NamedEnvironment } from '../lib/config/selection.js';
import type { Identity } from '../lib/kube/identity.js';

/** Who gets a kubeconfig, and for what. */
export interface Grantee {
  readonly identity: Identity;
  readonly cluster: string;
  /** The first one is where commands go that name none. */
  readonly namespaces: readonly string[];
}

export interface GranteeOptions {
  readonly environment?: string;
  readonly person?: string;
  /** Whose personal environment is there besides those of `people`. */
  readonly user?: string;
}

/**
 * Finds whom the command means: the identity that deploys an environment, or a person.
 *
 * @throws KeelsonError where the application has no such environment or person, or the person has no access to it.
 */
export function granteeOf({ definition, name }: Application, options: GranteeOptions): Grantee {
  const { environment, person } = options;
  const all = environmentsOf(definition, options.user);
  const fail = (where: string, message: string): never => {
    throw new KeelsonError(`Application "${name}"`, [{ where, message }]);
  };
  const names = all.map((one) => one.name);
  const chosen = all.find((one) => one.name === environment);
  if (environment !== undefined && !chosen)
    fail(
      'environment',
      `there is no "${environment}"${didYouMean(environment, names) || ';'} allowed: ${listed(names)}`,
    );
  const owner = person ?? (chosen?.personal ? chosen.name : undefined);
  if (owner === undefined)
    return chosen
      ? { identity: { environment: chosen.name }, cluster: chosen.cluster, namespaces: [chosen.name] }
      : fail('environment', `is missing; name one, or --person: ${listed(names)}`);
  const theirs = all.filter((one) => mayEnter(one, owner));
  const people = [
    ...new Set(all.flatMap((one) => [...Object.keys(one.access ?? {}), ...(one.personal ? [one.name] : [])])),
  ];
  if (theirs.length === 0)
    fail(
      'person',
      `"${owner}" may enter no environment${didYouMean(owner, people) || ';'} allowed: ${listed(people)}`,
    );
  if (chosen && !theirs.includes(chosen))
    fail(
      `environments.${chosen.name}.access`,
      `does not name "${owner}", who may enter: ${listed(theirs.map((one) => one.name))}`,
    );
  const clusters = [...new Set(theirs.map((one) => one.cluster))];
  const cluster = chosen?.cluster ?? clusters[0] ?? '';
  if (!chosen && clusters.length > 1)
    fail(
      'environment',
      `is missing: "${owner}" may enter several clusters (${listed(clusters)}), and a kubeconfig is for one`,
    );
  const first = chosen ?? theirs.find((one) => one.name === owner) ?? theirs[0];
  const inCluster = theirs.filter((one) => one.cluster === cluster && one !== first);
  return {
    identity: { person: owner },
    cluster,
    namespaces: [...(first ? [first] : []), ...inCluster].map((one) => one.name),
  };
}

const mayEnter = ({ name, personal, access }: NamedEnvironment, person: string): boolean =>
  (personal && name === person) || Object.hasOwn(access ?? {}, person);
