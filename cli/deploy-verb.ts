import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { KeelsonError } from '../lib/config/problem.js';
import type { StackManifests } from '../lib/synth.js';
import { findApplication } from '../stacks/application.js';
import type { StackRun } from '../stacks/deploy.js';
import { destroyAll, previewAll, upAll } from '../stacks/deploy-all.js';
import type { Verb } from '../stacks/deploy-options.js';
import { createProgress, type Progress } from '../stacks/progress.js';
import { openEmbeddedTarget } from './embedded-target.js';
import { openOwnTarget } from './own-target.js';
import { loadProject } from './project.js';
import { chooseTarget, type Target, type TargetOptions } from './target.js';

export interface DeployVerbOptions extends TargetOptions {
  /** Ask nothing. @default false */
  readonly yes?: boolean;
  /** Whether the cluster's own stack is meant as well. @default true, in a destroy false */
  readonly cluster?: boolean;
}

const RUN = { preview: previewAll, up: upAll, destroy: destroyAll } as const;

/** Runs one verb over the stacks of the chosen environments: clusters first, in a destroy last. */
export async function deployVerb(verb: Verb, options: DeployVerbOptions): Promise<readonly StackRun[]> {
  const choice = chooseTarget(options, hasSettings);
  const project = await loadProject({
    environments: options.env ?? 'first',
    // On a cluster of the team's own, whose environments there are stands in git alone.
    withUser: choice.kind === 'embedded',
  });
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
    const runs = await runVerb(verb, target, options);
    print(closingLines(verb, target, runs));
    return runs;
  } finally {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt);
    await target?.close();
  }
}

const hasSettings = (stack: string): boolean =>
  existsSync(join(findApplication(process.cwd()).root, `Pulumi.${stack}.yaml`));

async function runVerb(verb: Verb, target: Target, options: DeployVerbOptions): Promise<StackRun[]> {
  const { deploy, throwAway } = target;
  const stacks = deploy.synthesis.stacks
    // A cluster outlives the environments on it: it is destroyed only where that is said.
    .filter(({ kind }) => kind === 'environment' || (options.cluster ?? (verb !== 'destroy' || throwAway)))
    .map(({ name }) => name);
  const all = { ...deploy, stacks, progress: stackProgress };
  if (verb !== 'preview' && !throwAway && !options.yes) {
    if (verb === 'up') await previewAll(all);
    await confirm(verb, stacks);
  }
  return RUN[verb](all);
}

function stackProgress({ kind, name }: StackManifests, verb: Verb, total: number): Progress {
  print(['', `${kind === 'cluster' ? 'Cluster' : 'Environment'} ${name}`]);
  return createProgress({ verb, total });
}

/** A destroy is confirmed by the stacks' names: "y" is typed too easily. */
async function confirm(verb: Verb, stacks: readonly string[]): Promise<void> {
  if (!process.stdin.isTTY)
    throw new KeelsonError('The command', [
      {
        where: '--yes',
        message: 'is missing: nobody can be asked here; give it to go on without a question',
      },
    ]);
  const names = stacks.join(' ');
  const [question, expected] =
    verb === 'destroy' ? [`Type "${names}" to destroy: `, names] : [`Apply this to ${names}? [y/N] `, 'y'];
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(question).finally(() => terminal.close());
  if (answer.trim().toLowerCase() !== expected)
    throw new KeelsonError('The command', [{ where: names, message: 'was not confirmed; nothing changed' }]);
}

const print = (lines: readonly string[]): void =>
  void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

function closingLines(verb: Verb, { hints }: Target, runs: readonly StackRun[]): string[] {
  if (verb !== 'up') return [];
  const urls = runs.flatMap(({ outputs }) => (outputs.urls as string[] | undefined) ?? []);
  return ['', ...urls, ...hints];
}
