import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedCluster, stopEmbeddedCluster } from '../embedded/control-plane/control-plane.js';
import type { Command } from './contenders.js';
import { measure, type Summary, summarize } from './measure.js';

/** In the order in which a stack lives. */
export const VERBS = ['preview', 'up', 'up again', 'destroy'] as const;
export type Verb = (typeof VERBS)[number];

/** What the others are compared with: the SDK alone, by an engine that writes its state once. */
export const FLOOR = 'floor';
export const OURS = 'keelson';

/** An engine that was killed half-way, and the next `up`. */
export interface Crash {
  /** Objects that were there when the engine was killed. */
  readonly made: number;
  /** Those of them that are others or gone after the next `up`, or that its state does not have. */
  readonly lost: number;
}

export interface Deployment {
  readonly name: string;
  readonly skipped?: string;
  /** By number of objects and verb. */
  readonly byCount: Readonly<Record<number, Readonly<Record<Verb, Summary>>>>;
  /** By number of objects; of ours alone. */
  readonly crashes?: Readonly<Record<number, Crash>>;
}

/** Milliseconds of a whole life above which one is enough, of those that nothing is compared with. */
const LONG = 120_000;

/**
 * Runs every verb of every contender at every count through the real engine, against one embedded control plane, one
 * after the other and round after round; every other round begins with the last.
 */
export async function compareDeployments(
  counts: readonly number[],
  rounds: number,
  report: (line: string) => void,
): Promise<Deployment[]> {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const directory = join(folder, 'cluster');
  try {
    report('starting an embedded control plane');
    await startEmbeddedCluster({ directory, report });
    const all = contenders();
    const taking = all.filter(({ skipped }) => skipped === undefined);
    const lives = new Map<string, Life[]>();
    const crashes: Record<number, Crash> = {};
    for (const count of counts) {
      for (let round = 1; round <= rounds; round += 1)
        for (const { name, what } of round % 2 === 0 ? taking.toReversed() : taking) {
          const before = lives.get(`${name} ${count}`) ?? [];
          if (before.some((one) => takesLong(name, one))) continue;
          report(`${name}, ${count} objects, round ${round}`);
          const one = life(what, count, directory, join(folder, `${what}-${count}-${round}`));
          lives.set(`${name} ${count}`, [...before, one]);
        }
      report(`${count} objects, the engine killed half-way`);
      try {
        crashes[count] = crash(count, directory, join(folder, `crash-${count}`));
      } catch (error) {
        report(`that did not come to its end: ${error instanceof Error ? error.message : error}`);
      }
    }
    return all.map(({ name, skipped }) => ({
      name,
      ...(skipped !== undefined && { skipped }),
      ...(name === OURS && { crashes }),
      byCount: Object.fromEntries(
        counts.flatMap((count) => {
          const measured = lives.get(`${name} ${count}`);
          return measured ? [[count, byVerb(measured)]] : [];
        }),
      ),
    }));
  } finally {
    await stopEmbeddedCluster(directory);
    rmSync(folder, { recursive: true, force: true });
  }
}

function contenders(): { name: string; what: string; skipped?: string }[] {
  return [
    { name: FLOOR, what: 'floor' },
    { name: OURS, what: 'keelson' },
    { name: 'typed classes', what: 'typed', ...(typedClasses() ?? {}) },
  ];
}

function typedClasses(): { skipped: string } | undefined {
  try {
    createRequire(__filename).resolve('@pulumi/kubernetes');
    return undefined;
  } catch {
    return { skipped: 'run `npm install --no-save --save-dev @pulumi/kubernetes` first' };
  }
}

type Life = Record<Verb, ReturnType<typeof measure>>;

const takesLong = (name: string, one: Life): boolean =>
  name !== FLOOR && name !== OURS && VERBS.reduce((sum, verb) => sum + one[verb].milliseconds, 0) > LONG;

const deploy = (what: string, verb: string, count: number, directory: string, folder: string): Command => ({
  program: process.execPath,
  args: [join(__dirname, 'contenders/deploy.js'), what, verb, `${count}`, directory, folder],
});

function life(what: string, count: number, directory: string, folder: string): Life {
  const run = (verb: string) => measure(deploy(what, verb, count, directory, folder));
  return { preview: run('preview'), up: run('up'), 'up again': run('up'), destroy: run('destroy') };
}

function crash(count: number, directory: string, folder: string): Crash {
  const { program, args } = deploy('keelson', 'crash', count, directory, folder);
  return JSON.parse(execFileSync(program, args, { encoding: 'utf8' }));
}

function byVerb(lives: readonly Life[]): Record<Verb, Summary> {
  const of = (verb: Verb) => summarize(lives.map((one) => one[verb]));
  return { preview: of('preview'), up: of('up'), 'up again': of('up again'), destroy: of('destroy') };
}
