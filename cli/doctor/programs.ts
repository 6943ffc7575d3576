import type { Check, Finding } from './finding.js';
import { isAtLeast, type ProgramAnswer, programVersion } from './program-version.js';

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly least?: string;
  readonly neededFor?: string;
  readonly mend: string;
}

const NODE = { least: '20.12', mend: 'install Node 24 or newer: https://nodejs.org/en/download' };

const PROGRAMS: readonly Program[] = [
  {
    command: process.platform === 'win32' ? 'npm.cmd' : 'npm',
    args: ['--version'],
    mend: 'it comes with Node: https://nodejs.org/en/download',
  },
  {
    command: 'git',
    args: ['--version'],
    // `git worktree add --quiet`, which `keelson diff` uses.
    least: '2.19',
    mend: 'apt install git, or: brew install git, winget install Git.Git',
  },
  {
    command: 'go',
    args: ['version'],
    least: '1.21',
    neededFor: 'building the engines where they cannot be downloaded',
    mend: 'install Go 1.26 or newer: https://go.dev/dl',
  },
  {
    command: 'kubectl',
    args: ['version', '--client'],
    neededFor: 'looking around in a cluster by hand',
    mend: 'https://kubernetes.io/docs/tasks/tools',
  },
];

const BUILDERS: readonly Program[] = [
  { command: 'docker', args: ['--version'], mend: '' },
  { command: 'buildctl', args: ['--version'], mend: '' },
];

export const checkPrograms: Check = async () => [
  nodeFinding(process.versions.node),
  ...(await Promise.all(
    PROGRAMS.map(async (program) =>
      programFinding(program, await programVersion(program.command, program.args)),
    ),
  )),
  await builderFinding(),
];

export const nodeFinding = (version: string): Finding =>
  isAtLeast(version, NODE.least)
    ? { what: 'node', state: 'ok', found: version }
    : { what: 'node', state: 'outdated', found: `${version}; ${NODE.least} is needed`, mend: NODE.mend };

export function programFinding(program: Program, answer: ProgramAnswer): Finding {
  const { command, least, neededFor, mend } = program;
  const about = { what: command.replace(/\.cmd$/, ''), ...(neededFor !== undefined && { neededFor }) };
  if (answer.kind === 'absent') return { ...about, state: 'missing', found: 'not on PATH', mend };
  if (answer.kind === 'failed') return { ...about, state: 'broken', found: answer.message, mend };
  const { version } = answer;
  if (least === undefined || isAtLeast(version, least)) return { ...about, state: 'ok', found: version };
  return { ...about, state: 'outdated', found: `${version}; ${least} is needed`, mend };
}

/** Either of them builds images. */
async function builderFinding(): Promise<Finding> {
  const answers = await Promise.all(
    BUILDERS.map(async (program) =>
      programFinding(program, await programVersion(program.command, program.args)),
    ),
  );
  const found = answers.find(({ state }) => state === 'ok');
  const about = { what: 'docker or buildctl', neededFor: 'building images here' };
  return found
    ? { ...about, state: 'ok', found: `${found.what} ${found.found}` }
    : {
        ...about,
        state: 'missing',
        found: answers.map((answer) => `${answer.what}: ${answer.found}`).join('; '),
        mend: 'https://docs.docker.com/engine/install, or buildctl of https://github.com/moby/buildkit',
      };
}
