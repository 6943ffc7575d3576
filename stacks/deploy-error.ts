import { KeelsonError, type Problem } from '../lib/config/problem.js';

/** What kind of thing went wrong, for callers that react to it. */
export type DeployFault =
  | 'configuration'
  | 'passphrase-missing'
  | 'passphrase-wrong'
  | 'unknown-stack'
  | 'locked'
  | 'not-logged-in'
  | 'state-unreachable'
  | 'state-broken'
  | 'no-plugin'
  | 'cluster-unreachable'
  | 'cluster-refuses-credentials'
  | 'protected'
  | 'cloud'
  | 'cancelled'
  | 'killed'
  | 'objects'
  | 'engine';

/** A preview, up or destroy that did not get to its end: what, where, and how to mend it. */
export class DeployError extends KeelsonError {
  override readonly name = 'DeployError';

  constructor(
    subject: string,
    readonly fault: DeployFault,
    problems: readonly Problem[],
    /** Everything the engine wrote; for a report of a fault, not for reading. */
    readonly details: string,
  ) {
    super(subject, problems);
  }
}
