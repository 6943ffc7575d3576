import { ConcurrentUpdateError, type EngineEvent, type Stack } from '@pulumi/pulumi/automation';
import { KeelsonError } from '../lib/config/problem.js';
import { clearSecrets } from './clear-secrets.js';
import { setSecretCommand } from './config-command.js';
import { DeployError } from './deploy-error.js';
import type { DeployOptions, Verb } from './deploy-options.js';
import { explainFailure } from './engine-failure.js';
import { forwardAbort } from './forward-abort.js';
import { generateSecrets } from './generated-secrets.js';
import { type ProgramOutputs, program } from './program.js';
import { refuseProtected } from './protected-objects.js';
import { recover } from './recovery.js';
import { type Change, type Diagnostic, type Operation, RunRecord } from './run-record.js';
import { readSettings } from './settings.js';
import { isLeftBehind } from './stack-lock.js';
import { isCutOff, mendState } from './state-file.js';
import { openStack } from './workspace.js';

/** What a run did, or in a preview would do. */
export interface StackRun {
  readonly stack: string;
  readonly verb: Verb;
  /** Objects; components and providers are not counted. */
  readonly counts: Readonly<Record<Operation, number>>;
  /** Every object that is not as it was. */
  readonly changes: readonly Change[];
  readonly diagnostics: readonly Diagnostic[];
  /** Duration as the engine measured it. */
  readonly seconds: number;
  /** What the program told, without the secret part; empty after a destroy. */
  readonly outputs: Partial<Omit<ProgramOutputs, 'kubeconfig'>>;
}

/** Shows what an up would do; works before there is a cluster. @throws DeployError */
export const previewStack = (options: DeployOptions): Promise<StackRun> =>
  run('preview', options, (stack, onEvent, signal) => stack.preview({ onEvent, signal }));

/** Makes the cluster what the stack describes. @throws DeployError */
export const upStack = (options: DeployOptions): Promise<StackRun> =>
  run('up', options, (stack, onEvent, signal) => stack.up({ onEvent, signal }));

/**
 * Deletes every object of the stack. Where one of them is protected, none is deleted.
 *
 * @param options.removeStack also forget the stack itself, its history and configuration. @default false
 * @throws DeployError
 */
export const destroyStack = (
  options: DeployOptions & { readonly removeStack?: boolean },
): Promise<StackRun> =>
  run('destroy', options, async (stack, onEvent, signal) => {
    await refuseProtected(options);
    // What runs before a resource is deleted is a part of its program.
    const runProgram = options.program !== undefined;
    return stack.destroy({ onEvent, signal, remove: options.removeStack, runProgram });
  });

type Execute = (stack: Stack, onEvent: (event: EngineEvent) => void, signal: AbortSignal) => Promise<unknown>;

async function run(verb: Verb, options: DeployOptions, execute: Execute): Promise<StackRun> {
  const record = new RunRecord();
  const { signal, cancelled, heard } = forwardAbort(options.signal);
  let outputs: StackRun['outputs'] = {};
  let thrown: unknown;
  const inside = async () => {
    try {
      if (options.program) return await options.program();
      const told = program(options.synthesis, options.settings ?? readSettings(options.workDir));
      const { kubeconfig: _, ...open } = told;
      outputs = open;
      return told;
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  try {
    options.signal?.throwIfAborted();
    const stack = await openStack(options, inside).catch((error: unknown) => {
      if (
        !isCutOff(String(error)) ||
        !mendState(options.backendUrl, options.synthesis.application, options.stack)
      )
        throw error;
      options.report?.(`the state of ${options.stack} was cut off by a killed run; took the one before it`);
      return openStack(options, inside);
    });
    if (verb !== 'destroy') await prepareSecrets(stack, verb, options);
    const onEvent = (event: EngineEvent) => {
      heard(event);
      if (isDebug(event)) return;
      record.add(event);
      options.onEvent?.(event);
    };
    await execute(stack, onEvent, signal).catch(async (error: unknown) => {
      if (signal.aborted || !(await mended(error, stack, record, options))) throw error;
      record.restart();
      return execute(stack, onEvent, signal);
    });
    if (verb === 'up' && record.interrupted) await recover(options);
    return {
      stack: options.stack,
      verb,
      counts: record.counts,
      changes: record.changes.filter(({ operation }) => operation !== 'same'),
      diagnostics: record.diagnostics,
      seconds: record.seconds ?? 0,
      outputs,
    };
  } catch (error) {
    throw deployError(thrown ?? error, { verb, stack: options.stack, record, cancelled: cancelled() });
  }
}

async function prepareSecrets(stack: Stack, verb: Verb, options: DeployOptions): Promise<void> {
  const file = await stack.workspace.stackSettings(stack.name).catch(() => undefined);
  const clear = clearSecrets(file?.config);
  if (clear.length > 0)
    throw new KeelsonError(
      `The configuration of stack "${stack.name}"`,
      clear.map((where) => ({
        where,
        message: `is stored in clear in Pulumi.${stack.name}.yaml. Change the value where it comes from, then store it with: ${setSecretCommand(stack.name, 'NAME', 'KEY')}`,
      })),
    );
  if (!options.generateSecrets || verb === 'preview') return;
  const needs = options.synthesis.stacks.find(({ name }) => name === options.stack)?.secrets ?? [];
  for (const path of await generateSecrets(stack, needs, options))
    options.report?.(`made a random value for ${path}`);
}

/** Whether the failure came from a run that was killed or a state that was lost, and is out of the way now. */
async function mended(
  error: unknown,
  stack: Stack,
  record: RunRecord,
  options: DeployOptions,
): Promise<boolean> {
  const left = error instanceof ConcurrentUpdateError && isLeftBehind(error.message);
  if (!left && !record.interrupted && record.refused.length === 0) return false;
  if (left) {
    options.report?.(`removing the lock on ${options.stack} that a killed run left behind`);
    await stack.cancel();
  }
  const found = await recover(options, record.refused);
  if (found.length > 0) options.report?.(`found in the cluster as this stack's own: ${found.join(', ')}`);
  return left || found.length > 0;
}

/** The SDK's own chatter: most of the events, and it spells out resources with their secrets. Nobody is to get it. */
const isDebug = ({ diagnosticEvent }: EngineEvent): boolean =>
  (diagnosticEvent?.severity as string | undefined) === 'debug';

interface Context {
  readonly verb: Verb;
  readonly stack: string;
  readonly record: RunRecord;
  readonly cancelled: boolean;
}

function deployError(error: unknown, { verb, stack, record, cancelled }: Context): DeployError {
  if (error instanceof DeployError) return error;
  const details = error instanceof Error ? error.message : String(error);
  const failed =
    error instanceof KeelsonError
      ? new DeployError(error.subject, 'configuration', error.problems, details)
      : explained(`${verb} of stack "${stack}"`, details, record, stack, cancelled);
  failed.cause = error;
  return failed;
}

function explained(
  subject: string,
  text: string,
  record: RunRecord,
  stack: string,
  cancelled: boolean,
): DeployError {
  const { fault, problems } = explainFailure({ stack, text, diagnostics: record.diagnostics, cancelled });
  return new DeployError(subject, fault, problems, text);
}
