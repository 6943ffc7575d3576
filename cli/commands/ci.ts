import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { KeelsonError } from '../../lib/config/problem.js';
import type { GitHub } from '../ci/github.js';
import { writeOutput } from '../output-file.js';
import { reportToStderr, type TargetOptions } from '../target.js';
import { addTargetOptions } from '../target-options.js';

interface ReportOptions {
  readonly pull: number;
  readonly head: string;
  readonly baseName?: string;
  readonly out: string;
}

interface FlowOptions {
  readonly base?: string;
  readonly head?: string;
  readonly ref?: string;
  readonly env?: string;
}

interface DeployOptions extends TargetOptions {
  readonly promised?: string;
  readonly unpromised?: boolean;
  readonly cluster?: boolean;
  readonly machines?: boolean;
}

/** What the workflows do, each step for a terminal too. */
export function addCi(program: Command): void {
  const ci = program
    .command('ci')
    .description('the steps of the workflows: report, comment, promise, deploy, flow');
  ci.command('report')
    .description('write what a pull request would change, for its comment and its deployment; no credential')
    .argument('<base>', 'the commit to compare the working tree with')
    .requiredOption('--pull <number>', 'number of the pull request', positive)
    .requiredOption('--head <sha>', 'full hash of its last commit')
    .option('--base-name <branch>', 'what the base is called (default: as it is given)')
    .option('--out <dir>', 'folder to write', 'dist/keelson-diff')
    .action(report);
  ci.command('comment')
    .description("keep one comment of a pull request current; never runs the pull request's code")
    .requiredOption('--run <id>', 'the run of the check that left the report', positive)
    .option('--author <login>', 'whose comment it is (default: that of a job’s own token)')
    .option('--repository <owner/name>', 'repository on GitHub (default: $GITHUB_REPOSITORY)')
    .action(async ({ run, author, repository }: { run: number; author?: string; repository?: string }) => {
      const { commentOnPullRequest } = await import('../ci/comment.js');
      const done = await commentOnPullRequest(await gitHub(repository), { run, ...(author && { author }) });
      process.stdout.write(`${done}\n`);
    });
  ci.command('promise')
    .description('write what the merged pull requests showed that they would do')
    .option('--since <commit>', 'those after it (default: after the release before, or of the last commit)')
    .option('--repository <owner/name>', 'repository on GitHub (default: $GITHUB_REPOSITORY)')
    .option('--out <file>', 'file to write', 'dist/promise.json')
    .action(async ({ since, repository, out }: { since?: string; repository?: string; out: string }) => {
      const { commitsSince } = await import('../ci/history.js');
      const { promiseOf } = await import('../ci/promise.js');
      const promise = await promiseOf(await gitHub(repository), commitsSince(process.cwd(), since));
      writeOutput(out, `${JSON.stringify(promise, null, 2)}\n`);
      const shown = promise.pulls.map((number) => `#${number}`).join(', ');
      process.stdout.write(`${out}: ${promise.changes.length} changes, as ${shown} showed them\n`);
    });
  addTargetOptions(
    ci
      .command('deploy')
      .description('preview, stop where it would do more than was promised, then `up`')
      .option('--promised <file>', 'what `keelson ci promise` wrote')
      .option('--unpromised', 'whatever was promised: somebody has looked at the preview')
      .option('--no-machines', 'leave the machines as they are: nothing is asked of their provider')
      .option('--no-cluster', "leave the cluster's own stack alone: for an identity that may only deploy"),
  ).action(deploy);
  ci.command('flow')
    .description('stop what the git flow does not have')
    .option('--base <branch>', 'of a pull request: the branch that it is to be merged into …')
    .option('--head <branch>', '… and its own')
    .option('--ref <ref>', 'of a deployment: refs/heads/development, refs/tags/v1.2.0 …')
    .option('--env <name>', '… and the environment')
    .action(flow);
}

async function report(
  base: string,
  { pull: number, head, baseName = base, out }: ReportOptions,
): Promise<void> {
  const { reportPullRequest } = await import('../ci/report.js');
  const { diffTerminal } = await import('../../lib/diff/terminal.js');
  const found = await reportPullRequest({ base, baseName, number, head, out, report: reportToStderr });
  process.stdout.write(diffTerminal(found));
  if (found.base.problems.length + found.head.problems.length > 0) process.exitCode = 1;
}

async function deploy({ promised, unpromised = false, ...target }: DeployOptions): Promise<void> {
  if ((promised === undefined) !== unpromised)
    throw problem('--promised FILE', 'or --unpromised: give one of them');
  const { deployVerb } = await import('../deploy-verb.js');
  const promise = promised === undefined ? undefined : await promiseIn(promised);
  const previews = await deployVerb('preview', target);
  if (promise) (await import('../ci/promised.js')).checkPromise(promise, previews);
  await deployVerb('up', { ...target, yes: true });
}

async function promiseIn(file: string) {
  const { readPromise } = await import('../ci/promise.js');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw problem(`--promised ${file}`, 'cannot be read; write it with: keelson ci promise');
  }
  return readPromise(text, file);
}

async function flow({ base, head, ref, env }: FlowOptions): Promise<void> {
  const { checkDeployment, checkMerge } = await import('../ci/git-flow.js');
  const { branchesWithHead } = await import('../ci/history.js');
  if (base !== undefined && head !== undefined) checkMerge({ base, head });
  else if (ref !== undefined && env !== undefined)
    checkDeployment({ ref, environment: env, branches: branchesWithHead(process.cwd()) });
  else throw problem('keelson ci flow', 'takes --base and --head, or --ref and --env');
}

/** As the environment of a job has it; the token is never taken from the command line. */
async function gitHub(given: string | undefined): Promise<GitHub> {
  const { GITHUB_TOKEN: token, GITHUB_REPOSITORY, GITHUB_API_URL: api } = process.env;
  const repository = given ?? GITHUB_REPOSITORY;
  const problems = [
    ...(token
      ? []
      : [
          { where: 'GITHUB_TOKEN', message: "is not set; give the step the job's own token under this name" },
        ]),
    ...(/^[\w.-]+\/[\w.-]+$/.test(repository ?? '')
      ? []
      : [{ where: '--repository', message: 'is missing; give OWNER/NAME, or set GITHUB_REPOSITORY' }]),
  ];
  if (!token || !repository || problems.length > 0) throw new KeelsonError('The command', problems);
  const { GitHub: Client } = await import('../ci/github.js');
  return new Client({ repository, token, ...(api && { api }) });
}

function positive(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number above 0.');
}

const problem = (where: string, message: string) => new KeelsonError('The command', [{ where, message }]);
