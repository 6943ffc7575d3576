import { resolve } from 'node:path';
import { KeelsonError } from '../lib/config/problem.js';
import type { Report } from '../lib/progress.js';
import type { StackManifests } from '../lib/synth.js';
import type { DeployAllOptions } from '../stacks/deploy-all.js';
import type { Verb } from '../stacks/deploy-options.js';
import type { StackSettings } from '../stacks/settings.js';
import type { StackRun } from '../stacks/stack-run.js';

/** Where stacks are applied: the embedded control plane, or a cluster of the user's own. */
export interface Target {
  /** Says plainly what is used, and what of it is simulated. */
  readonly lines: readonly string[];
  /** Nothing in it is anybody's work: it may be changed without asking. */
  readonly throwAway: boolean;
  readonly deploy: Omit<DeployAllOptions, 'stacks' | 'progress'>;
  /** Stacks besides those of the synthesis. @default none */
  readonly stacks?: readonly string[];
  /** What the verbs do where it is more than the synthesis' stacks. @default those alone */
  readonly run?: Readonly<Record<Verb, (options: DeployAllOptions) => Promise<StackRun[]>>>;
  /** What a person may do next. */
  readonly hints: readonly string[];
  close(): Promise<void>;
}

/** Options of every verb that applies something. */
export interface TargetOptions {
  readonly env?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly embedded?: boolean;
}

/**
 * What the options name: kubeconfig and context, clusters that Keelson makes, the stacks' own settings, or, without a
 * word, the embedded default.
 */
export type TargetChoice =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'machines' }
  | { readonly kind: 'kubeconfig'; readonly file: string; readonly context: string }
  | { readonly kind: 'settings' };

/**
 * @param hasSettings whether the folder has `Pulumi.<stack>.yaml` for a stack
 * @param made which of the environments' clusters the application has machines for
 * @throws KeelsonError where it is not clear which cluster is meant: nothing is applied by guess.
 */
export function chooseTarget(
  options: TargetOptions,
  hasSettings: (stack: string) => boolean,
  made: 'all' | 'some' | 'none' = 'none',
): TargetChoice {
  const { env, kubeconfig, context, embedded } = options;
  const problem = (where: string, message: string): never => {
    throw new KeelsonError('The command', [{ where, message }]);
  };
  if (embedded && (kubeconfig !== undefined || context !== undefined))
    problem('--embedded', 'contradicts --kubeconfig and --context; leave one of them out');
  if (embedded) return { kind: 'embedded' };
  if (kubeconfig !== undefined && context !== undefined)
    return { kind: 'kubeconfig', file: resolve(kubeconfig), context };
  if (kubeconfig !== undefined || context !== undefined)
    problem(
      kubeconfig === undefined ? '--kubeconfig' : '--context',
      'is missing: name both the file and a context in it; the current context is never used',
    );
  if (env === undefined) return { kind: 'embedded' };
  if (made === 'all') return { kind: 'machines' };
  if (made === 'some')
    problem(
      `--env ${env.join(' ')}`,
      'names environments on clusters that Keelson makes and on others; name them in commands of their own',
    );
  const [name = ''] = env;
  const without = env.filter((stack) => !hasSettings(stack));
  if (without.length === 0) return { kind: 'settings' };
  return problem(
    `--env ${without.join(' ')}`,
    `has no Pulumi.${without[0] ?? name}.yaml that says where its cluster is; write one (Keelson's docs/how-to/deploy-to-a-cluster.md), name --kubeconfig FILE --context NAME, or try it with --embedded`,
  );
}

/** What `report` does on a terminal: dim lines on standard error, so that standard output stays for results. */
export const reportToStderr: Report = (message) => void process.stderr.write(`  ${message}\n`);

/** Settings of a stack whose cluster the command line names. */
export const settingsFor = (
  stack: StackManifests,
  rest: Pick<StackSettings, 'kubeconfig' | 'protectData' | 'exclude'>,
): StackSettings => ({
  kind: stack.kind,
  name: stack.kind === 'cluster' ? stack.cluster : stack.name,
  ...rest,
});
