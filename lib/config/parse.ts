import * as v from 'valibot';
import { didYouMean, KeelsonError, listed, type Problem, unknownKey } from './problem.js';

type AnySchema = v.GenericSchema;

/**
 * Turns an unknown value into a typed one.
 *
 * @throws KeelsonError with every problem at once: wrong values as the schema finds them, and every unknown key
 *   (valibot's own strict objects stop at the first).
 */
export function parse<S extends AnySchema>(schema: S, input: unknown, subject: string): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  const problems: Problem[] = [
    ...unknownKeys(schema, input, []),
    ...(result.issues ?? []).map((issue) => ({
      where: v.getDotPath(issue) ?? '',
      message: issueText(issue),
    })),
  ];
  if (problems.length > 0) throw new KeelsonError(subject, problems);
  return result.output;
}

function issueText(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== 'schema') return issue.message;
  // Of a key that is left out, an object's issue expects its name.
  if (issue.received === 'undefined')
    return issue.type === 'object' ? 'is missing' : `is missing; expected ${issue.expected ?? 'a value'}`;
  return issue.type === 'picklist'
    ? notAllowed(issue)
    : `${issue.received} was given; expected ${issue.expected}`;
}

function notAllowed({ received, expected }: v.BaseIssue<unknown>): string {
  // The options reach an issue as text alone, such as ("k3s" | "none") or "k3s".
  const allowed = (expected ?? '').replaceAll(/["()]/g, '').split(' | ');
  const meant = received.startsWith('"') && didYouMean(received.slice(1, -1), allowed);
  return `${received} was given${meant || ';'} allowed: ${listed(allowed)}`;
}

function unknownKeys(schema: unknown, input: unknown, path: readonly string[]): Problem[] {
  const { type, entries, item, value, wrapped, pipe } = schema as {
    type?: string;
    entries?: Record<string, unknown>;
    item?: unknown;
    value?: unknown;
    wrapped?: unknown;
    pipe?: readonly unknown[];
  };
  if (wrapped !== undefined) return unknownKeys(wrapped, input, path);
  if (pipe !== undefined && entries === undefined && pipe[0] !== schema)
    return unknownKeys(pipe[0], input, path);
  if (type === 'array' && Array.isArray(input))
    return input.flatMap((element, index) => unknownKeys(item, element, [...path, `${index}`]));
  if (typeof input !== 'object' || input === null) return [];
  if (type === 'record')
    return Object.entries(input).flatMap(([key, element]) => unknownKeys(value, element, [...path, key]));
  if (entries === undefined) return [];
  return Object.entries(input).flatMap(([key, element]) =>
    Object.hasOwn(entries, key)
      ? unknownKeys(entries[key], element, [...path, key])
      : [{ where: [...path, key].join('.'), message: unknownKey(key, Object.keys(entries)) }],
  );
}
