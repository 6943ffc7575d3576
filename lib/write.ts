import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KeelsonError } from './config/problem.js';
import type { Synthesis } from './synth.js';
import { toYaml } from './yaml.js';

export interface WriteResult {
  /** The folder, absolute. */
  readonly directory: string;
  /** Files below it, `/` between folders on every platform. */
  readonly files: readonly string[];
}

/** Tells a folder of ours, which may be replaced, from one that holds something else. */
const MARKER = '.keelson-manifests';

/**
 * Writes `<stack>/<manifest>.k8s.yaml` for every stack. The folder changes as a whole or not at all: what belongs to
 * no stack any more is gone afterwards, and a failure leaves the old one.
 *
 * @throws KeelsonError where the folder holds something that Keelson did not write, or cannot be written.
 */
export function writeManifests(synthesis: Synthesis, directory: string): WriteResult {
  const target = resolve(directory);
  try {
    return { directory: target, files: writeBelow(target, synthesis) };
  } catch (error) {
    if (error instanceof KeelsonError) throw error;
    throw new KeelsonError('The output folder', [
      { where: target, message: `cannot be written: ${error instanceof Error ? error.message : error}` },
    ]);
  }
}

function writeBelow(target: string, { stacks }: Synthesis): string[] {
  if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(join(target, MARKER)))
    throw new KeelsonError('The output folder', [
      {
        where: target,
        message:
          'holds files that Keelson did not write and would replace; give an empty folder, or empty this one',
      },
    ]);
  mkdirSync(dirname(target), { recursive: true });
  const draft = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    writeFileSync(join(draft, MARKER), 'Written by Keelson; replaced as a whole by the next synthesis.\n');
    const files = stacks.flatMap(({ name: stack, manifests }) => {
      mkdirSync(join(draft, stack));
      return manifests.map(({ name, objects }) => {
        const file = `${stack}/${name}.k8s.yaml`;
        writeFileSync(join(draft, file), toYaml(objects));
        return file;
      });
    });
    replace(target, draft);
    return files;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Two renames instead of one: no platform replaces a folder that is not empty. */
function replace(target: string, draft: string): void {
  if (!existsSync(target)) {
    renameSync(draft, target);
    return;
  }
  const old = `${draft}-old`;
  renameSync(target, old);
  try {
    renameSync(draft, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
