import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineEvent, Stack } from '@pulumi/pulumi/automation';
import { KeelsonError } from '../lib/config/problem.js';
import { clearSecrets } from './clear-secrets.js';
import { setSecretCommand } from './config-command.js';
import { noteDeletions } from './deletions.js';
import { deployError } from './deploy-failure.js';
import type { DeployOptions, Verb } from './deploy-options.js';
import { isKilled } from './engine-failure-rules.js';
import { forwardAbort } from './forward-abort.js';
import { generateSecrets } from './generated-secrets.js';
import { forgiveLateCalls } from './late-calls.js';
import { settleLeftOpen } from './left-open.js';
import { lookedUp, mended, stateMended, takenBack, unlockedNow } from './mended.js';
import { program } from './program.js';
import { journaled } from './run-journal.js';
import { RunRecord } from './run-record.js';
import { readSettings } from './settings.js';
import { silenceSdk } from './silent-sdk.js';
import type { StackRun } from './stack-run.js';
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
  silenceSdk();
  // Pulumi's kubernetes plugin writes the kubeconfig into a temporary file, for Helm, and leaves it there.
  const temporary = mkdtempSync(join(tmpdir(), 'keelson-engine-'));
  const env = { TMPDIR: temporary, TMP: temporary, TEMP: temporary, ...options.env };
  try {
    return await runAndMend(verb, { ...options, env }, execute);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function runAndMend(verb: Verb, options: DeployOptions, execute: Execute): Promise<StackRun> {
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
    const failed = { verb, stack, record, options };
    if (verb !== 'preview' && !options.program) {
      const unlocked = (run: () => Promise<unknown>) =>
        run().catch(async (error: unknown) => {
          if (!(await unlockedNow(error, failed))) throw error;
          return run();
        });
      const settle = () => settleLeftOpen(stack, options, { signal, unlocked });
      const found = await settle().catch((error: unknown) => {
        if (!stateMended(error, options)) throw error;
        return settle();
      });
      takenBack(found, options);
    }
    const attempt = () => {
      // The SDK hears a signal only while its engine runs; what came before would be lost.
      options.signal?.throwIfAborted();
      if (!changesCluster(verb, options)) return execute(stack, listeners);
      const how = {
        environment: stack.workspace.envVars,
        begun: (error: unknown) => mayHaveBegun(error, record),
        ended: (error: unknown) => deletionsNoted(error, record, options),
      };
      return journaled(options, how, () => execute(stack, listeners));
    };
    for (let mends = 0; ; mends += 1) {
      try {
        await attempt();
        if (verb !== 'up' || mends === MOST_MENDS || !(await lookedUp([], failed))) break;
      } catch (error) {
        if (options.signal?.aborted || mends === MOST_MENDS || !(await mended(error, failed))) throw error;
      }
      record.restart();
    }
    return {
      stack: options.stack,
      verb,
      counts: record.counts,
      changes: record.changes.filter(({ operation }) => operation !== 'same'),
      diagnostics: verb === 'preview' ? [...record.diagnostics, ...record.ending] : record.diagnostics,
      seconds: record.seconds ?? 0,
      outputs,
    };
  } catch (error) {
    throw deployError(thrown ?? error, { verb, options, record, cancelled: cancelled() });
  }
}

/** One fault may hide another: a lock that was left behind, a state that was cut off, objects that are there. */
const MOST_MENDS = 3;

/** Whether a run makes, changes or deletes objects, and nothing but objects. */
const changesCluster = (verb: Verb, { program }: DeployOptions): boolean =>
  !program && (verb === 'up' || verb === 'destroy');

const mayHaveBegun = (error: unknown, record: RunRecord): boolean =>
  isKilled(String(error)) || record.changes.some(({ operation }) => operation !== 'same');

/** Whether the next up will look up what is being deleted; it need not where a killed engine left a note. */
async function deletionsNoted(error: unknown, record: RunRecord, options: DeployOptions): Promise<boolean> {
  if (isKilled(String(error))) return true;
  try {
    await noteDeletions(options, record.deleting);
    return true;
  } catch (why) {
    options.report?.(
      `what is being deleted could not be noted (${(why as Error).message.trim()}); refresh before the next up`,
    );
    return false;
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

/** The SDK's own chatter: most of the events, and it spells out resources with their secrets. Nobody is to get it. */
const isDebug = ({ diagnosticEvent }: EngineEvent): boolean =>
  (diagnosticEvent?.severity as string | undefined) === 'debug';
