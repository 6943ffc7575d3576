import type { Lab } from '../lab.js';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  readonly figure: string;
}

export interface Result {
  readonly figures: readonly Figure[];
  /** What was promised and did not hold; empty where all did. */
  readonly broken: readonly string[];
}

/** Something that Keelson promises, tried on running pods. */
export interface Measurement {
  readonly title: string;
  /** How it is measured, in a few sentences. */
  readonly method: string;
  measure(lab: Lab): Promise<Result>;
}
