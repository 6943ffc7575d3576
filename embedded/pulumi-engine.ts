import { join } from 'node:path';
import { PulumiCommand } from '@pulumi/pulumi/automation';
import { version } from '@pulumi/pulumi/version';
import { parse } from 'semver';
import type { SourceOptions } from './binaries/binary-source.js';
import { buildFromModule, findBuilt } from './binaries/go-build.js';
import { PULUMI } from './binaries/go-modules.js';
import { machineProblem } from './machine-problem.js';
import { messageOf } from './message-of.js';
import { findPulumiRelease, installPulumiRelease } from './pulumi-release.js';

/** Pulumi's command line, for the Automation API. */
export interface PulumiEngine {
  readonly command: PulumiCommand;
  readonly origin: 'path' | 'npm' | 'built';
  /** What it is and where it came from, for people. */
  readonly description: string;
}

/** One place that an engine can come from; answers why there is none. */
export type EngineSource = (options: SourceOptions) => Promise<PulumiEngine | string>;

/** The oldest release line that this package's stacks are tried with. */
const OLDEST_MINOR = 200;

/** In the order of preference. What took minutes to build is not replaced by a download a day later. */
const SOURCES: readonly EngineSource[] = [
  fromPath,
  fromEarlierInstall,
  fromEarlierBuild,
  fromInstall,
  fromBuild,
];

/** Those of them that fetch and build nothing. */
export const INSTALLED: readonly EngineSource[] = [fromPath, fromEarlierInstall, fromEarlierBuild];

/**
 * Finds a Pulumi engine: `pulumi` on PATH, else the release that the official npm package fetches, else one built from
 * its pinned Go module.
 * @throws one error that lists why there is none and how to mend it
 */
export async function findPulumiEngine(
  options: SourceOptions,
  sources: readonly EngineSource[] = SOURCES,
): Promise<PulumiEngine> {
  const refusals: string[] = [];
  for (const source of sources) {
    options.signal?.throwIfAborted();
    const answer = await source(options);
    if (typeof answer !== 'string') return answer;
    if (answer !== '') refusals.push(answer);
  }
  throw machineProblem(
    [
      'There is no Pulumi engine:',
      ...refusals.map((refusal) => `  - ${refusal}`),
      `Mend any one of these: install Pulumi (v3.${OLDEST_MINOR}.0 or newer), open the network once, or install Go.`,
    ].join('\n'),
  );
}

/** `pulumi` on PATH, if it is new enough. */
export async function fromPath({ report }: SourceOptions): Promise<PulumiEngine | string> {
  let command: PulumiCommand;
  try {
    command = await PulumiCommand.get();
  } catch (error) {
    const message = messageOf(error);
    if (message.includes('ENOENT')) return '`pulumi` is not on PATH';
    const broken = `\`pulumi\` on PATH is passed over, as it does not run: ${message.split('\n').slice(0, 3).join(' ')}`;
    report(broken);
    return broken;
  }
  const { version } = command;
  if (version?.major === 3 && version.minor >= OLDEST_MINOR) {
    return { command, origin: 'path', description: `pulumi v${version}, found on PATH` };
  }
  const old = `\`pulumi\` on PATH is passed over: it is v${version}, at least v3.${OLDEST_MINOR}.0 is needed`;
  report(old);
  return old;
}

/**
 * The command of an engine in a folder that has its version's name. The Automation API would start it to ask it, which
 * is a fifth of a second of every verb.
 */
const kept = (root: string, number: string): PulumiCommand =>
  Object.assign(Object.create(PulumiCommand.prototype), {
    command: join(root, 'bin', 'pulumi'),
    version: parse(number),
  });

const released = (root: string): PulumiEngine => ({
  command: kept(root, version),
  origin: 'npm',
  description: `pulumi v${version}, as the official npm package fetches it`,
});

async function fromEarlierInstall(): Promise<PulumiEngine | string> {
  const root = findPulumiRelease();
  return root ? released(root) : '';
}

async function fromInstall(options: SourceOptions): Promise<PulumiEngine | string> {
  try {
    return released(await installPulumiRelease(options));
  } catch (error) {
    options.signal?.throwIfAborted();
    return `the official release: ${messageOf(error)}`;
  }
}

const built = (root: string): PulumiEngine => ({
  command: kept(root, PULUMI.version),
  origin: 'built',
  description: `pulumi ${PULUMI.version}, built from its Go module`,
});

async function fromEarlierBuild(): Promise<PulumiEngine | string> {
  const root = await findBuilt(PULUMI).catch(() => undefined);
  return root ? built(root) : '';
}

async function fromBuild(options: SourceOptions): Promise<PulumiEngine | string> {
  try {
    return built(await buildFromModule(PULUMI, options));
  } catch (error) {
    options.signal?.throwIfAborted();
    return `built from its Go module: ${messageOf(error)}`;
  }
}
