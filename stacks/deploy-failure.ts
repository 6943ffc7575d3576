import { KeelsonError } from '../lib/config/problem.js';
import { DeployError } from './deploy-error.js';
import type { DeployOptions, Verb } from './deploy-options.js';
import { explainFailure } from './engine-failure.js';
import type { RunRecord } from './run-record.js';

interface Context {
  readonly verb: Verb;
  readonly options: DeployOptions;
  readonly record: RunRecord;
  readonly cancelled: boolean;
}

/** Whatever a run ended with, as one error that says what, where, and how to mend it. */
export function deployError(error: unknown, { verb, options, record, cancelled }: Context): DeployError {
  if (error instanceof DeployError) return error;
  const { stack, importCommand, startAnew } = options;
  const details = error instanceof Error ? error.message : String(error);
  let failed: DeployError;
  if (error instanceof KeelsonError)
    failed = new DeployError(error.subject, 'configuration', error.problems, details);
  else {
    const { diagnostics } = record;
    const { fault, problems } = explainFailure({
      stack,
      text: details,
      diagnostics,
      cancelled,
      importCommand,
      startAnew,
    });
    failed = new DeployError(`${verb} of stack "${stack}"`, fault, problems, details);
  }
  failed.cause = error;
  return failed;
}
