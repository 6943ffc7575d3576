import type { Verb } from './deploy-options.js';
import type { ProgramOutputs } from './program.js';
import type { Change, Diagnostic, Operation } from './run-record.js';

/** What a run did, or in a preview would do. */
export interface StackRun {
  readonly stack: string;
  readonly verb: Verb;
  /** Objects; components and providers are not counted. */
  readonly counts: Readonly<Record<Operation, number>>;
  /** Every object that is not as it was. */
  readonly changes: readonly Change[];
  /** Logical names of what an import handed over. @default none */
  readonly imported?: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  /** Duration as the engine measured it. */
  readonly seconds: number;
  /** What the program told, without the secret part; empty after a destroy or a refresh. */
  readonly outputs: Partial<Omit<ProgramOutputs, 'kubeconfig'>>;
}
