import { Command, CommanderError } from 'commander';
import { KeelsonError } from '../lib/config/problem.js';
import { addBackup } from './commands/backup.js';
import { addCi } from './commands/ci.js';
import { addDestroy } from './commands/destroy.js';
import { addDiff } from './commands/diff.js';
import { addDoctor } from './commands/doctor.js';
import { addDown } from './commands/down.js';
import { addForward } from './commands/forward.js';
import { addGraph } from './commands/graph.js';
import { addImages } from './commands/images.js';
import { addImport } from './commands/import.js';
import { addKubeconfig } from './commands/kubeconfig.js';
import { addNew } from './commands/new.js';
import { addPreview } from './commands/preview.js';
import { addRefresh } from './commands/refresh.js';
import { addRestore } from './commands/restore.js';
import { addRollback } from './commands/rollback.js';
import { addRotateKeys } from './commands/rotate-keys.js';
import { addSynth } from './commands/synth.js';
import { addUp } from './commands/up.js';
import { addUserData } from './commands/user-data.js';
import { deferModules } from './deferred-modules.js';
import { outliveReaders } from './lost-reader.js';
import { missingPeer } from './missing-peer.js';

/** Exit code for everything that a person can mend; a fault of Keelson itself is 70 (sysexits' EX_SOFTWARE). */
const FAILED = 1;
const FAULT = 70;

/** In the order of the help: what a day needs first. */
const VERBS = [
  addSynth,
  addGraph,
  addDiff,
  addPreview,
  addUp,
  addRefresh,
  addImport,
  addDestroy,
  addDown,
  addImages,
  addRollback,
  addBackup,
  addRestore,
  addRotateKeys,
  addKubeconfig,
  addForward,
  addUserData,
  addNew,
  addDoctor,
  addCi,
];

export function createProgram(): Command {
  const program = new Command('keelson')
    .description('Your own Kubernetes for a small team: typed services on cdk8s and Pulumi.')
    .version((require('../../package.json') as { version: string }).version)
    .showHelpAfterError('(keelson --help lists the verbs)')
    .exitOverride();
  for (const add of VERBS) add(program);
  return program;
}

/** Runs the command line and sets the process' exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  outliveReaders();
  deferModules();
  try {
    await createProgram().parseAsync([...argv]);
  } catch (error) {
    const code = report(missingPeer(error) ?? error);
    process.exitCode ||= code;
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
