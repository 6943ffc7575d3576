import type { StackManifests } from '../lib/synth.js';
import type { Verb } from '../stacks/deploy-options.js';
import { createProgress, type Progress } from '../stacks/progress.js';
import { RunReporter } from '../stacks/run-report.js';

/** Where a run is shown: to a person on standard output, or, with `--json`, beside the document that is there. */
export interface RunOutput {
  /** Where a person reads. */
  readonly stream: NodeJS.WriteStream;
  readonly print: (lines: readonly string[]) => void;
  readonly progress: (stack: StackManifests, verb: Verb, total: number, only?: readonly string[]) => Progress;
  /** @param error what the run was ended by. @default nothing */
  readonly end: (error?: unknown) => void;
}

const title = ({ kind, name }: StackManifests): string[] => [
  '',
  `${kind === 'cluster' ? 'Cluster' : 'Environment'} ${name}`,
];

const printTo = (stream: NodeJS.WriteStream) => (lines: readonly string[]) =>
  void stream.write(lines.map((line) => `${line}\n`).join(''));

/** For people. */
export function humanOutput(): RunOutput {
  const print = printTo(process.stdout);
  return {
    stream: process.stdout,
    print,
    progress: (stack, verb, total, only) => {
      print(title(stack));
      return createProgress({ verb, total, only });
    },
    end: () => undefined,
  };
}

/** One JSON document on standard output at the end, a RunReport, whatever the end is; the rest on standard error. */
export function jsonOutput(verb: Verb): RunOutput {
  const print = printTo(process.stderr);
  const reporter = new RunReporter(verb);
  return {
    stream: process.stderr,
    print,
    progress: (stack, running, total, only) => {
      print(title(stack));
      const shown = createProgress({ verb: running, total, only, stream: process.stderr, live: false });
      const kept = reporter.stack(stack, only);
      return {
        note: shown.note,
        onEvent: (event) => {
          kept.onEvent(event);
          shown.onEvent(event);
        },
        finish: (outcome, run) => {
          kept.finish(outcome, run);
          shown.finish(outcome, run);
        },
      };
    },
    end: (error) => printTo(process.stdout)([JSON.stringify(reporter.report(error), undefined, 2)]),
  };
}
