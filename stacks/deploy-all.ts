import { didYouMean, KeelsonError, listed } from '../lib/config/problem.js';
import type { StackManifests } from '../lib/synth.js';
import { destroyStack, previewStack, refreshStack, upStack } from './deploy.js';
import type { DeployOptions, Verb } from './deploy-options.js';
import { importStack } from './import-objects.js';
import { refuseMissingSecrets } from './missing-secrets.js';
import { objectCount } from './object-count.js';
import type { Progress } from './progress.js';
import type { StackSettings } from './settings.js';
import type { StackRun } from './stack-run.js';

/** What a run over several stacks needs. */
export interface DeployAllOptions
  extends Omit<DeployOptions, 'stack' | 'program' | 'settings' | 'onEvent' | 'only'> {
  /** Names of the synthesis' stacks. @default all */
  readonly stacks?: readonly string[];
  /** @default what each stack's configuration says */
  readonly settingsOf?: (stack: StackManifests) => StackSettings | undefined;
  /** Logical names of the objects to touch in each stack. @default every object */
  readonly onlyOf?: (stack: StackManifests) => readonly string[] | undefined;
  /** Called before each stack, with how many objects it applies. @default nothing is shown */
  readonly progress?: (
    stack: StackManifests,
    verb: Verb,
    total: number,
    only?: readonly string[],
  ) => Progress;
  /** Forget each stack after it was destroyed. @default false */
  readonly removeStack?: boolean;
}

/** Shows what {@link upAll} would do, stack by stack. @throws DeployError at the first that fails */
export const previewAll = (options: DeployAllOptions): Promise<StackRun[]> => each('preview', options);

/**
 * Brings clusters up before the environments that they carry.
 *
 * @throws KeelsonError before anything is made where a stack's secrets are missing; DeployError at the first that fails
 */
export async function upAll(options: DeployAllOptions): Promise<StackRun[]> {
  const whole = chosen(options).filter((stack) => options.onlyOf?.(stack) === undefined);
  await refuseMissingSecrets(
    whole.map(({ name }) => name),
    options,
  );
  return each('up', options);
}

/** Notes what somebody else changed in the clusters, stack by stack. @throws DeployError at the first that fails */
export const refreshAll = (options: DeployAllOptions): Promise<StackRun[]> => each('refresh', options);

/** Hands the objects of `onlyOf` to their stacks. @throws DeployError at the first that fails */
export const importAll = (options: DeployAllOptions): Promise<StackRun[]> => each('import', options);

/** Deletes environments before their clusters. @throws DeployError at the first that fails */
export const destroyAll = (options: DeployAllOptions): Promise<StackRun[]> => each('destroy', options);

const RUN = {
  preview: previewStack,
  up: upStack,
  refresh: refreshStack,
  import: importStack,
  destroy: destroyStack,
};

async function each(verb: Verb, options: DeployAllOptions): Promise<StackRun[]> {
  const { settingsOf, onlyOf, progress, ...common } = options;
  const stacks = chosen(options);
  if (verb === 'destroy') stacks.reverse();
  const runs: StackRun[] = [];
  for (const stack of stacks) {
    const settings = settingsOf?.(stack);
    const only = onlyOf?.(stack);
    const shown = progress?.(stack, verb, only?.length ?? objectCount(stack, settings?.exclude), only);
    try {
      const run = await RUN[verb]({
        ...common,
        stack: stack.name,
        settings,
        only,
        onEvent: shown?.onEvent,
        report: shown?.note ?? options.report,
      });
      shown?.finish('succeeded', run);
      runs.push(run);
    } catch (error) {
      shown?.finish('failed');
      throw error;
    }
  }
  return runs;
}

function chosen({ synthesis, stacks }: DeployAllOptions): StackManifests[] {
  const names = synthesis.stacks.map(({ name }) => name);
  const unknown = (stacks ?? []).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new KeelsonError(
      `Application "${synthesis.application}"`,
      unknown.map((name) => ({
        where: 'stack',
        message: `there is no "${name}"${didYouMean(name, names) || ';'} it has: ${listed(names)}`,
      })),
    );
  const order = { cluster: 0, environment: 1 };
  return synthesis.stacks
    .filter(({ name }) => stacks === undefined || stacks.includes(name))
    .sort((a, b) => order[a.kind] - order[b.kind]);
}
