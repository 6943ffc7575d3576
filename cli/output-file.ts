import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { KeelsonError } from '../lib/config/problem.js';

/**
 * Writes what `--out` names: the file is there as a whole or as it was.
 *
 * @throws KeelsonError where it cannot be written
 */
export function writeOutput(file: string, text: string): void {
  const target = resolve(file);
  const draft = join(dirname(target), `.${basename(target)}.${process.pid}`);
  try {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(draft, text);
    renameSync(draft, target);
  } catch (error) {
    if (existsSync(draft)) rmSync(draft);
    throw new KeelsonError('The output file', [
      { where: target, message: `cannot be written: ${error instanceof Error ? error.message : error}` },
    ]);
  }
}
