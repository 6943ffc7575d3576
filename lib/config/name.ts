import * as v from 'valibot';

/** RFC 1123: what Kubernetes accepts as the name of a namespace, a service or a DNS label. */
const LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const HOST = /^(?=.{1,253}$)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;

/** What is wrong with a name, or undefined. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
export function nameProblem(name: unknown, longest = 63): string | undefined {
  if (typeof name === 'string' && name.length <= longest && LABEL.test(name)) return undefined;
  return `${JSON.stringify(name)} is no valid name; use at most ${longest} lower-case letters, digits and "-", beginning with a letter and not ending with "-"`;
}

/** What is wrong with a fully qualified host name, or undefined. */
export function hostProblem(host: unknown): string | undefined {
  if (typeof host === 'string' && HOST.test(host)) return undefined;
  return `${JSON.stringify(host)} is no valid host name; use lower-case labels joined by dots, such as "www.example.com"`;
}

/** The same rules as valibot schemas. */
export const nameSchema = v.pipe(
  v.string(),
  v.check(
    (name) => nameProblem(name) === undefined,
    (issue) => nameProblem(issue.input) ?? '',
  ),
);
export const hostSchema = v.pipe(
  v.string(),
  v.check(
    (host) => hostProblem(host) === undefined,
    (issue) => hostProblem(issue.input) ?? '',
  ),
);
