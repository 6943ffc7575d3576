import { ConcurrentUpdateError, type EngineEvent, type Stack } from '@pulumi/pulumi/automation';
import { KeelsonError } from '../lib/config/problem.js';
import { clearSecrets } from './clear-secrets.js';
import { setSecretCommand } from './config-command.js';
import { deployError } from './deploy-failure.js';
import type { DeployOptions, Verb } from './deploy-options.js';
import { forwardAbort } from './forward-abort.js';
import { generateSecrets } from './generated-secrets.js';
import { forgiveLateCalls } from './late-calls.js';
import { program } from './program.js';
import { recover } from './recovery.js';
import { resourceName } from './resource-name.js';
import { RunRecord } from './run-record.js';
import { readSettings } from './settings.js';
import { isLeftBehind } from './stack-lock.js';
import type { StackRun } from './stack-run.js';
import { isCutOff, mendState } from './state-file.js';
import { ACCESS_ALONE } from './targets.js';
import { openStack } from './workspace.js';

interface Listeners {
  readonly onEvent: (event: EngineEvent) => void;
  readonly signal: AbortSignal;
}

type Execute = (stack: Stack, listeners: Listeners) => Promise<unknown>;

/**
 * Runs the engine once, and once more where a first run failed of something that could be put out of the way: a lock, a
 * cut off or incomplete state, access that was renewed since.
 *
 * @throws DeployError
 */
export async function runInEngine(verb: Verb, options: DeployOptions, execute: Execute): Promise<StackRun> {
  forgiveLateCalls();
  const record = new RunRecord(options.only);
  const { signal, cancelled, heard } = forwardAbort(options.signal);
  let outputs: StackRun['outputs'] = {};
  let thrown: unknown;
  const inside = async () => {
    try {
      if (options.program) return await options.program();
      const settings = options.settings ?? readSettings(options.workDir);
      const told = program(options.synthesis, { ...settings, forceConflicts: options.forceConflicts });
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
      if (!stateMended(error, options)) throw error;
      return openStack(options, inside);
    });
    if (verb !== 'refresh' && verb !== 'destroy') await prepareSecrets(stack, verb, options);
    const onEvent = (event: EngineEvent) => {
      heard(event);
      if (isDebug(event)) return;
      record.add(event);
      options.onEvent?.(event);
    };
    const listeners = { onEvent, signal };
    await execute(stack, listeners).catch(async (error: unknown) => {
      if (signal.aborted || !(await mended(error, { verb, stack, record, options }))) throw error;
      record.restart();
      return execute(stack, listeners);
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
    throw deployError(thrown ?? error, { verb, options, record, cancelled: cancelled() });
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

/** Whether a state that was cut off is whole again, as it was one step before. */
function stateMended(error: unknown, { backendUrl, synthesis, stack, report }: DeployOptions): boolean {
  if (!isCutOff(String(error)) || !mendState(backendUrl, synthesis.application, stack)) return false;
  report?.(`the state of ${stack} was cut off by a killed run; took the one before it`);
  return true;
}

interface Failed {
  readonly verb: Verb;
  readonly stack: Stack;
  readonly record: RunRecord;
  readonly options: DeployOptions;
}

/** Whether what the run failed of is out of the way now. */
async function mended(error: unknown, { verb, stack, record, options }: Failed): Promise<boolean> {
  if (stateMended(error, options)) return true;
  const left = error instanceof ConcurrentUpdateError && isLeftBehind(error.message);
  if (!left && !record.interrupted && record.refused.length === 0)
    return (verb === 'destroy' || verb === 'refresh') && (await accessRenewed(error, stack, record, options));
  if (left) {
    options.report?.(`removing the lock on ${options.stack} that a killed run left behind`);
    await stack.cancel();
  }
  const found = await recover(options, record.refused);
  if (found.length > 0)
    options.report?.(`found in the cluster as this stack's own: ${found.map(objectIn).join(', ')}`);
  return left || found.length > 0;
}

/**
 * A destroy and a refresh reach the cluster as the last up did, by what the state has. Where that is refused, an up of
 * the access alone brings the state what the stack's settings say now.
 */
async function accessRenewed(
  error: unknown,
  stack: Stack,
  record: RunRecord,
  options: DeployOptions,
): Promise<boolean> {
  const { fault } = deployError(error, { verb: 'refresh', options, record, cancelled: false });
  if (fault !== 'cluster-refuses-credentials' && fault !== 'cluster-unreachable') return false;
  try {
    await stack.up({ target: ACCESS_ALONE });
  } catch {
    return false;
  }
  options.report?.(`took the access to ${options.stack} from its settings; that of the last up is refused`);
  return true;
}

const objectIn = (urn: string): string => {
  const { kind, name } = resourceName(urn);
  return `${kind} ${name}`;
};

/** The SDK's own chatter: most of the events, and it spells out resources with their secrets. Nobody is to get it. */
const isDebug = ({ diagnosticEvent }: EngineEvent): boolean =>
  (diagnosticEvent?.severity as string | undefined) === 'debug';
