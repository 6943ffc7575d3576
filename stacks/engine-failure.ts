import type { Problem } from '../lib/config/problem.js';
import type { DeployFault } from './deploy-error.js';
import { explainApiFailure } from './digitalocean/api-failures.js';
import { FAILURE_RULES } from './engine-failure-rules.js';
import { objectProblem } from './object-problem.js';
import { takenProblem } from './refused-objects.js';
import { type Diagnostic, isTaken, plain } from './run-record.js';
import { lockHolders } from './stack-lock.js';

/** A failure as a person can act on it. */
export interface Failure {
  readonly fault: DeployFault;
  readonly problems: readonly Problem[];
}

/** Facts that the engine's text gives about a failed run. */
export interface FailedRun {
  readonly stack: string;
  /** What the command wrote. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly cancelled: boolean;
  /** What hands an object over. @default `keelson import OBJECT` */
  readonly importCommand?: (object: string) => string;
  /** What makes the state anew where it is thrown away. @default none: it is to be saved */
  readonly startAnew?: string;
}

/**
 * What the cluster tells of connections of its own, to a webhook, a pod or a registry. That it tells it means that it
 * answers; the trouble is one object's.
 */
const TOLD_BY_CLUSTER =
  /[^\n]*(?:failed calling webhook|conversion webhook for|probe failed|failed to pull|ErrImagePull|ImagePullBackOff)[^\n]*/g;

/** Turns what the engine wrote into what a person can act on. */
export function explainFailure(failed: FailedRun): Failure {
  const { stack, text, diagnostics, cancelled, importCommand, startAnew } = failed;
  if (cancelled)
    return {
      fault: 'cancelled',
      problems: [{ where: `stack ${stack}`, message: 'was interrupted; the same command goes on from here' }],
    };
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const everything = [...errors.map(({ message }) => message), text].join('\n').replace(TOLD_BY_CLUSTER, '');
  const refused = explainApiFailure(everything, stack);
  if (refused) return { fault: 'cloud', problems: [refused] };
  for (const { fault, pattern, explain, each } of FAILURE_RULES) {
    const matches = [...everything.matchAll(new RegExp(pattern, `${pattern.flags}g`))];
    const problems = matches
      .slice(0, each ? undefined : 1)
      .map((match) => withHolders(explain(match, stack, startAnew), text));
    const unique = new Map(problems.map((problem) => [problem.where, problem]));
    if (unique.size > 0) return { fault, problems: [...unique.values()] };
  }
  if (errors.length > 0) {
    const problems = errors.map((diagnostic) =>
      diagnostic.urn !== undefined && isTaken(diagnostic.message)
        ? takenProblem(diagnostic.urn, importCommand)
        : objectProblem(diagnostic, stack),
    );
    return { fault: errors.some(({ object }) => object) ? 'objects' : 'engine', problems };
  }
  return { fault: 'engine', problems: [{ where: `stack ${stack}`, message: lastError(text) }] };
}

function withHolders({ where, message }: Problem, text: string): Problem {
  const holders = lockHolders(text).map(
    (holder) => `${holder.user}@${holder.host} (process ${holder.process}) since ${holder.since}`,
  );
  return { where, message: holders.length > 0 ? `${message}. It is: ${holders.join(', ')}` : message };
}

/** The line that the engine itself calls an error, else the end of what it wrote. */
function lastError(text: string): string {
  const lines = plain(text)
    .split('\n')
    .map((line) => line.trim());
  const error = lines.find((line) => /^error: /.test(line));
  return plain(error ?? lines.filter(Boolean).slice(-3).join('; ')) || 'the engine ended without a word';
}
