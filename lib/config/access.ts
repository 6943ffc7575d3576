import * as v from 'valibot';
import { nameSchema } from './name.js';
import { didYouMean, listed, type Problem } from './problem.js';

/** What a person may do in a namespace, each with what comes before it. */
export const ACCESS_LEVELS = ['read', 'debug', 'deploy'] as const;
export type AccessLevel = (typeof ACCESS_LEVELS)[number];

/** Who may do what in one namespace, by name of the person. */
export const accessSchema = v.record(nameSchema, v.picklist(ACCESS_LEVELS));

const KIND = /^[a-z]+(\.[a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/;

/**
 * What nobody who deploys may have. With a role and a binding an identity could hand its rights to an account whose
 * token never expires; the others are the walls around it.
 */
const NEVER_DEPLOYED =
  /^(namespaces|resourcequotas|limitranges|nodes|persistentvolumes|.*\.(rbac\.authorization|admissionregistration|apiextensions|certificates|authentication)\.k8s\.io)$/;

/** What is wrong with a kind written as `resource` or `resource.group`, or undefined. */
export function deployableProblem(kind: unknown): string | undefined {
  if (typeof kind !== 'string' || !KIND.test(kind))
    return `${JSON.stringify(kind)} is no kind; write it as "kubectl api-resources -o name" does, such as "podmonitors.monitoring.coreos.com"`;
  return NEVER_DEPLOYED.test(kind)
    ? `"${kind}" would let who deploys become more than that, or change the limits of the namespace; it belongs to the cluster's stack`
    : undefined;
}

/** Kinds as a list of `resource` or `resource.group`. */
export const deployableSchema = v.array(
  v.pipe(
    v.string(),
    v.check(
      (kind) => deployableProblem(kind) === undefined,
      (issue) => deployableProblem(issue.input) ?? '',
    ),
  ),
);

interface Grants {
  readonly people: readonly string[];
  readonly environments: Readonly<Record<string, { readonly access?: Readonly<Record<string, unknown>> }>>;
  readonly personal?: { readonly access?: Readonly<Record<string, unknown>> };
}

/** Who is named that is not on the team, and who on the team has nothing. */
export function accessProblems({ people, environments, personal }: Grants): Problem[] {
  const grants = [
    ...Object.entries(environments).map(
      ([name, { access }]) => [`environments.${name}.access`, access] as const,
    ),
    ['personal.access', personal?.access] as const,
  ];
  const named = new Set(grants.flatMap(([, access]) => Object.keys(access ?? {})));
  const idle = personal ? [] : people.filter((name) => !named.has(name));
  return [
    ...grants.flatMap(([where, access]) =>
      Object.keys(access ?? {})
        .filter((name) => !people.includes(name))
        .map((name) => ({
          where,
          message: `there is no "${name}" in people${didYouMean(name, people) || ';'} there are: ${listed(people)}`,
        })),
    ),
    ...(idle.length > 0
      ? [
          {
            where: 'people',
            message: `needs "personal", which says what their environments look like, or the "access" of an environment that names ${listed(idle)}`,
          },
        ]
      : []),
  ];
}
