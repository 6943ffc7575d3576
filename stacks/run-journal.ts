import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { StackManifests } from '../lib/synth.js';
import type { ObjectRef } from './object-key.js';
import { keelsonFolder, type StackPlace, stateFile, stateVersion } from './state-folder.js';

/** Makes the engine write the state once, at the end of a run, and not after each step. */
export const ONE_CHECKPOINT = 'PULUMI_SKIP_CHECKPOINTS';

/** What a run that did not get to its end had set out to do. */
export interface LeftOpen {
  /** Every object that it may have created. */
  readonly objects: readonly ObjectRef[];
  /** To be called when what it did is in the state. */
  readonly close: () => void;
}

/**
 * Runs the engine with one checkpoint instead of one after each step, which costs the square of a stack's size. What a
 * killed engine did then is in no state; so everything that it may create is written down before it begins, beside
 * the state, and stays there until the state is written.
 *
 * Only for state in a folder: elsewhere the note could be lost with this machine, and the engine goes on as ever.
 *
 * @param how.environment of the engine's next run
 * @param how.begun whether a run that failed may have changed something
 * @param how.ended brings into the state what an engine that ended by itself left out; whether it could
 */
export async function journaled<T>(
  options: StackPlace,
  how: {
    readonly environment: Record<string, string>;
    readonly begun: (error: unknown) => boolean;
    readonly ended: (error: unknown) => Promise<boolean>;
  },
  run: () => Promise<T>,
): Promise<T> {
  const state = stateFile(options);
  if (state === undefined)
    return run().catch(async (error) => {
      await how.ended(error);
      throw error;
    });
  const before = stateVersion(state);
  const file = write(
    options,
    objectRefs(options.synthesis.stacks.find(({ name }) => name === options.stack)),
  );
  how.environment[ONE_CHECKPOINT] = 'true';
  try {
    const result = await run();
    rmSync(file, { force: true });
    return result;
  } catch (error) {
    // Whatever it failed of, an engine that ends by itself writes the state last.
    if ((stateVersion(state) !== before || !how.begun(error)) && (await how.ended(error)))
      rmSync(file, { force: true });
    throw error;
  } finally {
    delete how.environment[ONE_CHECKPOINT];
  }
}

/** Runs of the stack whose engine was killed. One that is still going on is among them: it holds the lock. */
export function leftOpen(options: StackPlace): LeftOpen | undefined {
  const folder = keelsonFolder(options);
  const files = list(folder).map((name) => join(folder ?? '', name));
  if (files.length === 0) return undefined;
  return {
    objects: files.flatMap(read),
    close: () => {
      for (const file of files) rmSync(file, { force: true });
    },
  };
}

/** What an object is found by; nothing of its contents. */
const objectRefs = (stack: StackManifests | undefined): ObjectRef[] => [
  ...(stack?.secrets ?? []).map(({ name, namespace }) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace },
  })),
  ...(stack?.manifests ?? []).flatMap(({ objects }) =>
    objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => ({
      apiVersion,
      kind,
      metadata: { name, ...(namespace !== undefined && { namespace }) },
    })),
  ),
];

function write(options: StackPlace, objects: readonly ObjectRef[]): string {
  const file = join(keelsonFolder(options) ?? '', `${Date.now()}-${process.pid}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = openSync(`${file}.tmp`, 'w');
  try {
    writeSync(unfinished, JSON.stringify({ version: 1, objects }));
    fsyncSync(unfinished);
  } finally {
    closeSync(unfinished);
  }
  renameSync(`${file}.tmp`, file);
  return file;
}

const list = (folder: string | undefined): string[] => {
  try {
    return readdirSync(folder ?? '').filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
};

/** Nothing where it cannot be read: then the state is compared with the cluster all the same. */
function read(file: string): readonly ObjectRef[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly objects: readonly ObjectRef[] }).objects;
  } catch {
    return [];
  }
}
