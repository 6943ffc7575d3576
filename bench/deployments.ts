import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedCluster, stopEmbeddedCluster } from '../embedded/control-plane/control-plane.js';
import { measure, type Summary, summarize } from './measure.js';

/** In the order in which a stack lives. */
export const VERBS = ['preview', 'up', 'up again', 'destroy'] as const;
export type Verb = (typeof VERBS)[number];

/** What the others are compared with: the engine that writes its state once. */
export const FLOOR = 'floor';

export interface Deployment {
  readonly name: string;
  readonly skipped?: string;
  /** By number of objects and verb. */
  readonly byCount: Readonly<Record<number, Readonly<Record<Verb, Summary>>>>;
}

/**
 * Runs every verb of every contender at every count through the real engine, against one embedded control plane, one
 * after the other and round after round.
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
    for (const count of counts)
      for (let round = 1; round <= rounds; round += 1)
        for (const { name, what } of taking) {
          report(`${name}, ${count} objects, round ${round}`);
          const one = life(what, count, directory, join(folder, `${what}-${count}-${round}`));
          lives.set(`${name} ${count}`, [...(lives.get(`${name} ${count}`) ?? []), one]);
        }
    return all.map(({ name, skipped }) => ({
      name,
      ...(skipped !== undefined && { skipped }),
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
    { name: 'keelson', what: 'keelson' },
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

function life(what: string, count: number, directory: string, folder: string): Life {
  const run = (verb: string) =>
    measure({
      program: process.execPath,
      args: [join(__dirname, 'contenders/deploy.js'), what, verb, `${count}`, directory, folder],
    });
  return { preview: run('preview'), up: run('up'), 'up again': run('up'), destroy: run('destroy') };
}

function byVerb(lives: readonly Life[]): Record<Verb, Summary> {
  const of = (verb: Verb) => summarize(lives.map((one) => one[verb]));
  return { preview: of('preview'), up: of('up'), 'up again': of('up again'), destroy: of('destroy') };
}
