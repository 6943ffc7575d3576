import { realpathSync } from 'node:fs';
import type { Command } from 'commander';
import { KeelsonError } from '../../lib/config/problem.js';
import type { Finding } from '../doctor/finding.js';

/** Rises when a field changes its meaning or goes. */
const VERSION = 1;

interface Options {
  readonly json?: boolean;
  readonly offline?: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('say what is installed, reachable and outdated, and what mends it')
    .option('--json', 'for a program')
    .option('--offline', 'ask no registry')
    .option('--kubeconfig <file>', 'this cluster instead of those that the stacks name …')
    .option('--context <name>', '… and the context in it')
    .action(async (options: Options) => {
      const { examine } = await import('../doctor/examine.js');
      const { isFault } = await import('../doctor/finding.js');
      const findings = await examine({
        folder: realpathSync(process.cwd()),
        online: !options.offline,
        ...clusterOf(options),
      });
      const isWell = !findings.some(isFault);
      if (options.json)
        process.stdout.write(`${JSON.stringify({ version: VERSION, isWell, findings }, null, 2)}\n`);
      else process.stdout.write(`${(await lines(findings)).join('\n')}\n`);
      if (!isWell) process.exitCode = 1;
    });
}

async function lines(findings: readonly Finding[]) {
  const { doctorLines } = await import('../doctor/lines.js');
  const { isTTY = false, columns = 100 } = process.stdout;
  return doctorLines(findings, {
    width: Math.min(columns, 100),
    colour: isTTY && !process.env.NO_COLOR,
  });
}

function clusterOf({ kubeconfig, context }: Options) {
  if (kubeconfig === undefined && context === undefined) return {};
  if (kubeconfig !== undefined && context !== undefined)
    return { cluster: { by: 'the command line', file: kubeconfig, context } };
  throw new KeelsonError('The command', [
    {
      where: kubeconfig === undefined ? '--kubeconfig' : '--context',
      message: 'is missing: name both the file and a context in it; the current context is never used',
    },
  ]);
}
