import { closest, distance } from 'fastest-levenshtein';

/** One thing that is wrong: where, what was given, what is allowed and how to mend it. */
export interface Problem {
  /** Path of the value, such as `environments.staging.cluster`. */
  readonly where: string;
  readonly message: string;
}

/** Everything that is wrong with an input, reported at once. */
export class KeelsonError extends Error {
  override readonly name: string = 'KeelsonError';

  constructor(
    /** What the problems belong to, such as `Application "lunch"`. */
    readonly subject: string,
    readonly problems: readonly Problem[],
  ) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const lines = problems.map(({ where, message }) => `  ${where ? `${where}: ` : ''}${message}`);
    super([`${subject} has ${count}:`, ...lines].join('\n'));
  }
}

/** `; did you mean "staging"?` where a candidate is near, else nothing. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
  const allowed = [...candidates];
  if (allowed.length === 0) return '';
  const nearest = closest(given, allowed);
  return distance(given, nearest) <= Math.max(2, given.length / 3) ? `; did you mean "${nearest}"?` : '';
}

/** What is wrong with a key that is none of those allowed. */
export const unknownKey = (key: string, allowed: readonly string[]): string =>
  `unknown key${didYouMean(key, allowed) || ';'} allowed: ${listed(allowed)}`;

/** The allowed values as a person reads them. */
export const listed = (values: Iterable<string>): string => [...values].join(', ') || '(none)';
