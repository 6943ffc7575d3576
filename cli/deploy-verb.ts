import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KeelsonError } from '../lib/config/problem.js';
import { selectEnvironments } from '../lib/config/selection.js';
import { findApplication, loadApplication } from '../stacks/application.js';
import {
  type DeployAllOptions,
  destroyAll,
  importAll,
  previewAll,
  refreshAll,
  upAll,
} from '../stacks/deploy-all.js';
import type { Verb } from '../stacks/deploy-options.js';
import { widthOf } from '../stacks/progress.js';
import type { StackRun } from '../stacks/stack-run.js';
import { closingLines } from './closing-lines.js';
import { confirmDeploy } from './confirm-deploy.js';
import { openEmbeddedTarget } from './embedded-target.js';
import { interruptible } from './interruptible.js';
import { madeClusters, openMachinesTarget } from './machines-target.js';
import { openOwnTarget } from './own-target.js';
import { loadProject, type Project } from './project.js';
import { humanOutput, jsonOutput, type RunOutput } from './run-output.js';
import { chosenObjects, dataIn, type ObjectChoice } from './run-scope.js';
import { chooseTarget, type Target, type TargetOptions } from './target.js';
import { importCommand } from './target-options.js';
import { currentUser } from './user.js';
import { wrapped } from './wrapped.js';

export interface DeployVerbOptions extends TargetOptions, ObjectChoice {
  /** Ask nothing. @default false */
  readonly yes?: boolean;
  /** Do not ask a second time where data goes. @default false */
  readonly deleteData?: boolean;
  /** Whether the cluster's own stack is meant as well. @default true, in a destroy false */
  readonly cluster?: boolean;
  /** Whether machines are touched. @default true, in a destroy false */
  readonly machines?: boolean;
  /** Take back fields that somebody else changed in the cluster. @default false */
  readonly forceConflicts?: boolean;
  /** Write a JSON document. @default false */
  readonly json?: boolean;
}

const RUN = {
  preview: previewAll,
  up: upAll,
  refresh: refreshAll,
  import: importAll,
  destroy: destroyAll,
} as const;

/** Runs one verb over the stacks of the chosen environments: clusters first, in a destroy last. */
export async function deployVerb(verb: Verb, options: DeployVerbOptions): Promise<readonly StackRun[]> {
  const output = options.json ? jsonOutput(verb) : humanOutput();
  try {
    const runs = await runVerb(verb, options, output);
    output.end();
    return runs;
  } catch (error) {
    output.end(error);
    throw error;
  }
}

async function runVerb(verb: Verb, options: DeployVerbOptions, output: RunOutput): Promise<StackRun[]> {
  const application = await loadApplication(process.cwd());
  if (options.env)
    selectEnvironments(application.definition, { environments: options.env, user: currentUser() });
  const choice = chooseTarget(options, hasSettings, madeClusters(application.definition, options.env ?? []));
  const project = await loadProject({
    application,
    environments: options.env ?? 'first',
    // On a cluster of the team's own, whose environments there are stands in git alone.
    withUser: choice.kind === 'embedded',
  });
  return interruptible(async (signal) => {
    let target: Target | undefined;
    try {
      target =
        choice.kind === 'embedded'
          ? await openEmbeddedTarget(project, { start: verb !== 'preview', signal })
          : choice.kind === 'machines'
            ? await openMachinesTarget(project, { verb, ...machinesOf(verb, options), output, signal })
            : await openOwnTarget(project, choice, { verb, signal });
      const width = widthOf(output.stream);
      output.print(target.lines.flatMap((line) => wrapped(line, { width })));
      const runs = await applied(verb, target, project, options, output);
      output.print(closingLines(verb, target, runs));
      return runs;
    } catch (error) {
      // Whatever waited when Ctrl-C came failed in words of its own.
      if (!signal.aborted || error instanceof KeelsonError) throw error;
      throw new KeelsonError('The command', [
        { where: `keelson ${verb}`, message: 'was interrupted; the same command goes on from here' },
      ]);
    } finally {
      await target?.close();
    }
  });
}

const machinesOf = (verb: Verb, { machines, services = [], objects }: DeployVerbOptions) => ({
  keepMachines:
    services.length > 0 || objects !== undefined || (verb === 'destroy' ? !machines : machines === false),
  destroyMachines: verb === 'destroy' && machines === true,
});

const hasSettings = (stack: string): boolean =>
  existsSync(join(findApplication(process.cwd()).root, `Pulumi.${stack}.yaml`));

async function applied(
  verb: Verb,
  target: Target,
  project: Project,
  options: DeployVerbOptions,
  { progress }: RunOutput,
) {
  const { deploy, throwAway, run = RUN } = target;
  const objects = chosenObjects(verb, project, options);
  // A cluster outlives the environments on it: it is destroyed only where that is said.
  const withCluster =
    verb === 'destroy' ? options.cluster || options.machines || throwAway : options.cluster !== false;
  const stacks = deploy.synthesis.stacks
    .filter(({ kind }) => kind === 'environment' || withCluster)
    .map(({ name }) => name)
    .filter((name) => objects === undefined || objects.has(name));
  const all: DeployAllOptions = {
    ...deploy,
    stacks,
    onlyOf: ({ name }) => objects?.get(name),
    forceConflicts: options.forceConflicts,
    importCommand: importCommand(options),
    progress,
  };
  if ((verb === 'up' || verb === 'destroy') && !throwAway) {
    if (options.json && !options.yes)
      throw new KeelsonError('The command', [
        { where: '--json', message: 'asks nobody; look at keelson preview --json, then give --yes as well' },
      ]);
    if (verb === 'up' && !options.yes) await run.preview(all);
    const intent = {
      verb,
      stacks: [...(target.stacks ?? []), ...stacks],
      objects: objects && [...objects.values()].flat(),
      data:
        verb === 'destroy'
          ? [...(target.stacks ?? []).map(machinesData), ...dataIn(deploy.synthesis, stacks, objects)]
          : [],
    };
    await confirmDeploy(intent, options);
  }
  return run[verb](all);
}

const machinesData = (stack: string): string => `the disks and volumes of ${stack}`;
