import { Command, CommanderError } from 'commander';
import { KeelsonError } from '../lib/config/problem.js';
import { addDestroy } from './commands/destroy.js';
import { addDiff } from './commands/diff.js';
import { addDown } from './commands/down.js';
import { addGraph } from './commands/graph.js';
import { addKubeconfig } from './commands/kubeconfig.js';
import { addPreview } from './commands/preview.js';
import { addSynth } from './commands/synth.js';
import { addUp } from './commands/up.js';

/** Exit code for everything that a person can mend; a fault of Keelson itself is 70 (sysexits' EX_SOFTWARE). */
const FAILED = 1;
const FAULT = 70;

export function createProgram(): Command {
  const program = new Command('keelson')
    .description('Your own Kubernetes for a small team: typed services on cdk8s and Pulumi.')
    .version((require('../../package.json') as { version: string }).version)
    .showHelpAfterError('(keelson --help lists the verbs)')
    .exitOverride();
  for (const add of [addSynth, addGraph, addDiff, addPreview, addUp, addDestroy, addDown, addKubeconfig])
    add(program);
  return program;
}

/** Runs the command line and sets the process' exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    process.exitCode = report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  if (error instanceof KeelsonError) {
    process.stderr.write(`${error.message}\n`);
    return FAILED;
  }
  process.stderr.write(`keelson: ${error instanceof Error ? error.stack : String(error)}\n`);
  return FAULT;
}
