import { realpathSync } from 'node:fs';
import { type Command, CommanderError, Option } from 'commander';
import { KeelsonError } from '../../lib/config/problem.js';
import type { DiffReport } from '../../lib/diff/report.js';
import { writeOutput } from '../output-file.js';
import { reportToStderr, type TargetOptions } from '../target.js';

/** As `kubectl diff` has it: 0 nothing differs, 1 something does, more than 1 an error. */
const CHANGED = 1;
const FAILED = 2;

interface Options extends Pick<TargetOptions, 'kubeconfig' | 'context' | 'embedded'> {
  readonly env?: readonly string[];
  readonly format: keyof typeof FORMATS;
  readonly full?: boolean;
  readonly out?: string;
}

/** How each form is made; what makes it is loaded when it is wanted. */
const FORMATS = {
  terminal: async (report: DiffReport, { full = false, out }: Options) => {
    const { isTTY = false, columns } = process.stdout;
    return (await import('../../lib/diff/terminal.js')).diffTerminal(report, {
      colour: isTTY && out === undefined && !process.env.NO_COLOR,
      full,
      ...(isTTY && out === undefined && columns !== undefined && { width: columns }),
    });
  },
  markdown: async (report: DiffReport) => (await import('../../lib/diff/markdown.js')).diffMarkdown(report),
  json: async (report: DiffReport) => (await import('../../lib/diff/json-report.js')).diffJson(report),
};

export function addDiff(program: Command): void {
  program
    .command('diff')
    .description('show what a change of code means: for which objects, and at what cost')
    .argument('<base>', 'a commit, a branch, a tag, a folder of manifests, or "live": what the cluster has')
    .argument('[head]', 'the same (default: the working tree)')
    .option('--env <name...>', 'only these environments and their clusters')
    .option('--kubeconfig <file>', "for live: the cluster's kubeconfig …")
    .option('--context <name>', '… and the context in it')
    .option('--embedded', 'for live: the embedded control plane')
    .addOption(
      new Option('--format <format>', 'the form of the report')
        .choices(Object.keys(FORMATS))
        .default('terminal'),
    )
    .option('--full', 'on a terminal: every field of every object')
    .option('--out <file>', 'file to write instead of standard output')
    .exitOverride(({ code, message, exitCode }) => {
      throw new CommanderError(exitCode === 0 ? 0 : FAILED, code, message);
    })
    .action(async (base: string, head: string | undefined, options: Options) => {
      try {
        process.exitCode = await diff(base, head, options);
      } catch (error) {
        if (!(error instanceof KeelsonError)) throw error;
        process.stderr.write(`${error.message}\n`);
        process.exitCode = FAILED;
      }
    });
}

async function diff(base: string, head: string | undefined, options: Options): Promise<number> {
  const { kubeconfig, context, embedded } = options;
  const { compare } = await import('../diff/compare.js');
  const { sourceOf, WORKING_TREE } = await import('../diff/source.js');
  const here = realpathSync(process.cwd());
  const report = await compare({
    base: sourceOf(base, here),
    head: head === undefined ? WORKING_TREE : sourceOf(head, here),
    here,
    environments: options.env,
    report: reportToStderr,
    target: { kubeconfig, context, embedded },
  });
  const text = await FORMATS[options.format](report, options);
  if (options.out === undefined) process.stdout.write(text);
  else writeOutput(options.out, text);
  if (report.base.problems.length + report.head.problems.length > 0) return FAILED;
  return report.stacks.some(({ changes }) => changes.length > 0) ? CHANGED : 0;
}
