import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { KeelsonError } from '../lib/config/problem.js';
import type { StackManifests } from '../lib/synth.js';
import { destroyStack, previewStack, type StackRun, upStack } from '../stacks/deploy.js';
import type { Verb } from '../stacks/deploy-options.js';
import { createProgress } from '../stacks/progress.js';
import { openEmbeddedTarget } from './embedded-target.js';
import { openOwnTarget } from './own-target.js';
import { loadProject, type Project } from './project.js';
import { chooseTarget, type Target, type TargetOptions } from './target.js';

export interface DeployVerbOptions extends TargetOptions {
  /** Ask nothing. @default false */
  readonly yes?: boolean;
  /** Destroy the cluster's own stack as well. @default false */
  readonly cluster?: boolean;
}

const RUN = { preview: previewStack, up: upStack, destroy: destroyStack } as const;

/** Runs one verb over the stacks of the chosen environments: clusters first, in a destroy last. */
export async function deployVerb(verb: Verb, options: DeployVerbOptions): Promise<readonly StackRun[]> {
  const project = await selectedProject(options.env);
  const choice = chooseTarget(options, (stack) => existsSync(join(project.root, `Pulumi.${stack}.yaml`)));
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  // Not `once`: a library that finds itself the only listener left ends the process.
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  let target: Target | undefined;
  try {
    target =
      choice.kind === 'embedded'
        ? await openEmbeddedTarget(project, { start: verb !== 'preview', signal: interrupt.signal })
        : await openOwnTarget(project, choice, interrupt.signal);
    print(target.lines);
    const runs = await runStacks(verb, target, options);
    print(closingLines(verb, target, runs));
    return runs;
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
    await target?.close();
  }
}

/** The environments that are named, else the first one. */
async function selectedProject(env: readonly string[] | undefined): Promise<Project> {
  const project = await loadProject(env);
  if (env !== undefined) return project;
  const first = project.synthesis.stacks.find(({ kind }) => kind === 'environment');
  return first ? loadProject([first.name]) : project;
}

async function runStacks(verb: Verb, target: Target, options: DeployVerbOptions): Promise<StackRun[]> {
  const runs: StackRun[] = [];
  for (const stack of stacksFor(verb, target, options)) {
    if (verb !== 'preview' && !target.throwAway && !options.yes) {
      if (verb === 'up') await runStack('preview', target, stack);
      await confirm(verb, stack.name);
    }
    runs.push(await runStack(verb, target, stack));
  }
  return runs;
}

/** A cluster outlives the environments on it: it is destroyed only where that is said. */
function stacksFor(verb: Verb, { synthesis, throwAway }: Target, { cluster }: DeployVerbOptions) {
  if (verb !== 'destroy') return synthesis.stacks;
  return synthesis.stacks.filter(({ kind }) => kind === 'environment' || cluster || throwAway).reverse();
}

async function runStack(verb: Verb, target: Target, stack: StackManifests): Promise<StackRun> {
  print(['', `${stack.kind === 'cluster' ? 'Cluster' : 'Environment'} ${stack.name}`]);
  const total = stack.manifests.reduce((sum, { objects }) => sum + objects.length, 0);
  const progress = createProgress({ verb, total });
  let outcome: 'succeeded' | 'failed' = 'failed';
  try {
    const run = await RUN[verb]({
      ...target.options(stack),
      synthesis: target.synthesis,
      stack: stack.name,
      onEvent: progress.onEvent,
    });
    outcome = 'succeeded';
    return run;
  } finally {
    progress.finish(outcome);
  }
}

/** A destroy is confirmed by the stack's name: "y" is typed too easily. */
async function confirm(verb: Verb, stack: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new KeelsonError('The command', [
      {
        where: '--yes',
        message: 'is missing: nobody can be asked here; give it to go on without a question',
      },
    ]);
  const [question, expected] =
    verb === 'destroy' ? [`Type "${stack}" to destroy it: `, stack] : [`Apply this to ${stack}? [y/N] `, 'y'];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question).finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== expected)
    throw new KeelsonError('The command', [{ where: stack, message: 'was not confirmed; nothing changed' }]);
}

export const print = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

function closingLines(verb: Verb, { hints }: Target, runs: readonly StackRun[]): string[] {
  if (verb !== 'up') return [];
  const urls = runs.flatMap(({ outputs }) => (outputs.urls as string[] | undefined) ?? []);
  return ['', ...urls, ...hints];
}
