import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
}

/** The part of a workflow that the tests look at. */
export interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const readWorkflow = (file: string): Workflow => load(readFileSync(file, 'utf8')) as Workflow;

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What stands between `${{` and `}}`, such as `github.base_ref` → `development`. */
  readonly context: Readonly<Record<string, string>>;
}

export interface StepRun {
  readonly status: number | null;
  readonly output: string;
}

/** Runs the script of a step as a runner does: its expressions evaluated in `env` alone, by `bash -e`. */
export function runStep(
  { run = '', env = {} }: Step,
  { cwd, env: outer, context }: Surroundings,
): Promise<StepRun> {
  const inner = Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      `${text}`.replace(/\$\{\{ *(.*?) *\}\}/g, (_found, expression: string) => {
        const value = context[expression];
        if (value === undefined) throw new Error(`the test does not say what ${expression} is`);
        return value;
      }),
    ]),
  );
  const child = spawn('bash', ['-e', '-c', run], {
    cwd,
    env: { ...process.env, ...outer, ...inner },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => resolve({ status, output }));
  });
}
