import { execFileSync, spawnSync } from 'node:child_process';
import { loadavg, release } from 'node:os';
import { join } from 'node:path';
import { writeOutput } from '../../cli/output-file.js';
import { KUBERNETES } from '../../embedded/binaries/go-modules.js';
import { type Lab, startLab } from './lab.js';
import { measuredPage, thisMachine } from './measured-page.js';
import { drain } from './measurements/drain.js';
import { edit } from './measurements/edit.js';
import { idle } from './measurements/idle.js';
import type { Measurement, Result } from './measurements/measurement.js';
import { nodeRestart } from './measurements/node-restart.js';
import { redisCluster } from './measurements/redis-cluster.js';
import { restoreDrill } from './measurements/restore-drill.js';
import { streams } from './measurements/streams.js';
import { turnUp } from './measurements/turn-up.js';
import { updateUnderLoad } from './measurements/update-under-load.js';
import { labState, readPrepared } from './prepared.js';
import { report } from './report.js';

/** By the name that the command line gives them. */
const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  update: updateUnderLoad,
  edit,
  idle,
  redis: redisCluster,
  turnup: turnUp,
  streams,
  restart: nodeRestart,
  restore: restoreDrill,
  // Leaves a second node behind.
  drain,
};

const PAGE = join(__dirname, '../../docs/reference/measured.md');

const USAGE = `make lab ARGS="[shell | ${Object.keys(MEASUREMENTS).join(' | ')}] …"
  without a word every measurement is made, and docs/reference/measured.md is written`;

async function main(words: readonly string[]): Promise<number> {
  const unknown = words.filter((word) => word !== 'shell' && !(word in MEASUREMENTS));
  if (unknown.length > 0) {
    console.error(`${unknown.join(' ')} is no measurement.\n${USAGE}`);
    return 2;
  }
  const lab = await startLab(labState(), readPrepared(labState()));
  report('The lab is up');
  if (words.includes('shell')) {
    openShell(lab);
    return 0;
  }
  const chosen = words.length > 0 ? words : Object.keys(MEASUREMENTS);
  const results: [Measurement, Result][] = [];
  for (const name of chosen) {
    const measurement = MEASUREMENTS[name];
    if (!measurement) continue;
    report(`Measuring: ${measurement.title}`);
    const result = await measurement
      .measure(lab)
      .catch((error: Error): Result => ({ figures: [], broken: [error.message] }));
    print(measurement, result);
    results.push([measurement, result]);
  }
  if (words.length === 0) {
    writeOutput(PAGE, measuredPage(circumstances(), results));
    report('Wrote docs/reference/measured.md');
  }
  return results.some(([, { broken }]) => broken.length > 0) ? 1 : 0;
}

function openShell(lab: Lab): void {
  report('kubectl, ctr and nft are on PATH; the lab goes when this shell ends');
  const env = { ...process.env, KUBECONFIG: lab.node.kubeconfig };
  spawnSync(process.env.SHELL ?? 'bash', { stdio: 'inherit', env });
}

function print({ title }: Measurement, { figures, broken }: Result): void {
  const lines = figures.map(({ what, figure }) => `  ${figure.padStart(16)}  ${what}`);
  console.log([title, ...lines, ...broken.map((what) => `  BROKEN: ${what}`), ''].join('\n'));
}

function circumstances() {
  const version = (program: string, ...args: string[]) =>
    /\d+\.\d+[.\d]*/.exec(execFileSync(program, args, { encoding: 'utf8' }))?.[0] ?? 'unknown';
  return {
    ...thisMachine(),
    date: new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date()),
    load: loadavg()[2] ?? 0,
    programs: [
      `Linux ${release().split('-')[0]}`,
      `Kubernetes ${KUBERNETES.version}`,
      `containerd ${version('containerd', '--version')}`,
      `runc ${version('runc', '--version')}`,
    ],
  };
}

// The node's processes, and the servers in this one, end with the namespaces.
main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: Error) => {
    console.error(error.stack ?? error.message);
    process.exit(1);
  },
);
