import { execFileSync, spawnSync } from 'node:child_process';
import { loadavg, release } from 'node:os';
import { join } from 'node:path';
import { writeOutput } from '../../cli/output-file.js';
import { KUBERNETES } from '../../embedded/binaries/go-modules.js';
import { type Lab, startLab } from './lab.js';
import { type Circumstances, measuredPage, thisMachine } from './measured-page.js';
import { chosen, MEASUREMENTS } from './measurements/index.js';
import type { Measurement, Result } from './measurements/measurement.js';
import { labState, readPrepared } from './prepared.js';
import { report } from './report.js';

const PAGE = join(__dirname, '../../docs/reference/measured.md');

const USAGE = `make lab ARGS="[shell | ${Object.keys(MEASUREMENTS).join(' | ')}] …"
  in this order; without a word every measurement is made, and docs/reference/measured.md is written`;

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
  const results: [Measurement, Result][] = [];
  for (const [, measurement] of chosen(words)) {
    report(`Measuring: ${measurement.title}`);
    const result = await measurement
      .measure(lab)
      .catch((error: Error): Result => ({ figures: [], broken: [error.message] }));
    print(measurement, result);
    results.push([measurement, result]);
  }
  if (words.length === 0) {
    writeOutput(PAGE, measuredPage(await circumstances(lab), results));
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

async function circumstances(lab: Lab): Promise<Circumstances> {
  const versionIn = (text: string) => /\d+\.\d+[.\d]*/.exec(text)?.[0] ?? 'unknown';
  const version = (program: string, ...args: string[]) =>
    versionIn(execFileSync(program, args, { encoding: 'utf8' }));
  // Stand-ins have the name of another version's image, so their programs are asked.
  const versionOf = async (namespace: string, workload: string, program: string) =>
    versionIn(await lab.kubectl(`--namespace=${namespace}`, 'exec', workload, '--', program, '--version'));
  return {
    ...thisMachine(),
    date: new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date()),
    load: loadavg()[2] ?? 0,
    programs: [
      `Linux ${release().split('-')[0]}`,
      `Kubernetes ${KUBERNETES.version}`,
      `containerd ${version('containerd', '--version')}`,
      `runc ${version('runc', '--version')}`,
      `Redis ${await versionOf('development', 'statefulset/sessions', 'redis-server')}`,
      `docker-registry ${await versionOf('registry', 'statefulset/registry', 'registry')}`,
    ],
  };
}

// The node's processes, and the servers in this one, end with the namespaces.
main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: Error) => {
    console.error(error); // with its cause
    process.exit(1);
  },
);
