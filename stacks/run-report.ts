import type { EngineEvent } from '@pulumi/pulumi/automation';
import { KeelsonError, type Problem } from '../lib/config/problem.js';
import type { StackManifests } from '../lib/synth.js';
import { DeployError, type DeployFault } from './deploy-error.js';
import type { Verb } from './deploy-options.js';
import type { ProgramOutputs } from './program.js';
import { type Change, type Operation, RunRecord } from './run-record.js';
import type { StackRun } from './stack-run.js';

/** A run as other programs read it. It has names and paths of properties, never their values. */
export interface RunReport {
  readonly verb: Verb;
  readonly outcome: 'succeeded' | 'failed';
  /** In the order in which they ran; those that were not reached are missing. */
  readonly stacks: readonly StackReport[];
  /** What went wrong; only where something did. */
  readonly failure?: {
    readonly subject: string;
    readonly fault: DeployFault;
    readonly problems: readonly Problem[];
  };
}

/** One stack of a {@link RunReport}. */
export interface StackReport {
  readonly stack: string;
  readonly kind: StackManifests['kind'];
  readonly outcome: 'succeeded' | 'failed';
  /** Objects that came to their end. */
  readonly counts: Readonly<Record<Operation, number>>;
  /** Objects that are, or in a preview would be, not as they were. */
  readonly changes: readonly Pick<
    Change,
    'operation' | 'kind' | 'name' | 'urn' | 'paths' | 'forcing' | 'state'
  >[];
  readonly warnings: readonly { readonly object?: string; readonly message: string }[];
  /** Logical names of what an import handed over. */
  readonly imported?: readonly string[];
  /** What the stack tells people; only where the run got to its end. */
  readonly outputs?: Partial<Omit<ProgramOutputs, 'kubeconfig'>>;
}

/** Collects the stacks of a run while it goes on, so that a failed one is told as far as it went. */
export class RunReporter {
  private readonly stacks: StackReport[] = [];

  constructor(private readonly verb: Verb) {}

  /** @param only logical names of the objects that are the run's business. @default every one */
  stack({ name, kind }: StackManifests, only?: readonly string[]) {
    const record = new RunRecord(only);
    return {
      onEvent: (event: EngineEvent): void => void record.add(event),
      finish: (outcome: StackReport['outcome'], run?: StackRun): void => {
        const { counts, changes, diagnostics } = run ?? record;
        this.stacks.push({
          stack: name,
          kind,
          outcome,
          counts,
          changes: changes
            .filter(({ operation }) => operation !== 'same')
            .map(({ status: _, since: __, path: ___, ...change }) => change),
          warnings: diagnostics
            .filter(({ severity }) => severity === 'warning')
            .map(({ object, message }) => ({ object, message })),
          imported: run?.imported,
          outputs: run?.outputs,
        });
      },
    };
  }

  /** @param error what the run was ended by. @default nothing */
  report(error?: unknown): RunReport {
    const failure =
      error instanceof KeelsonError
        ? {
            subject: error.subject,
            fault: error instanceof DeployError ? error.fault : ('configuration' as const),
            problems: error.problems,
          }
        : error !== undefined && {
            subject: 'keelson',
            fault: 'engine' as const,
            problems: [{ where: '', message: error instanceof Error ? error.message : String(error) }],
          };
    return {
      verb: this.verb,
      outcome: failure ? 'failed' : 'succeeded',
      stacks: this.stacks,
      ...(failure && { failure }),
    };
  }
}
