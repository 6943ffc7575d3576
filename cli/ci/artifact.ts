import { strFromU8, unzipSync } from 'fflate';
import * as v from 'valibot';
import { parse } from '../../lib/config/parse.js';
import { KeelsonError } from '../../lib/config/problem.js';
import { readDiffJson } from '../../lib/diff/read-json-report.js';
import type { DiffReport } from '../../lib/diff/report.js';

/** Name of the artifact that a pull request's run leaves, and of the files in it. */
export const ARTIFACT = 'keelson-diff';
export const FILES = { report: 'diff.json', markdown: 'diff.md', origin: 'pull-request.json' } as const;

/** Bytes, packed and unpacked; a change of 400 services with every field has about 2 MB. */
export const MOST_PACKED = 8 * 2 ** 20;
const MOST_UNPACKED = 32 * 2 ** 20;

const originSchema = v.object({
  number: v.pipe(v.number(), v.integer(), v.minValue(1)),
  head: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/, 'is no full hash of a commit')),
});

/** What an artifact says it is about. */
export type Origin = v.InferOutput<typeof originSchema>;

export interface Artifact {
  readonly origin: Origin;
  readonly report: DiffReport;
}

/**
 * Reads what a pull request's own code has written: nothing in it is believed, and its Markdown is not looked at.
 *
 * @throws KeelsonError where it is no such artifact
 */
export function readArtifact(zip: Uint8Array): Artifact {
  const wanted: readonly string[] = [FILES.report, FILES.origin];
  let size = 0;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(zip, {
      filter: ({ name, originalSize }) => {
        if (!wanted.includes(name)) return false;
        size += originalSize;
        return size <= MOST_UNPACKED;
      },
    });
  } catch {
    throw problem('', 'is no zip file');
  }
  if (size > MOST_UNPACKED) throw problem('', `has more than ${MOST_UNPACKED} bytes when it is unpacked`);
  const missing = wanted.filter((name) => files[name] === undefined);
  if (missing.length > 0)
    throw new KeelsonError(
      SUBJECT,
      missing.map((where) => ({ where, message: 'is missing' })),
    );
  const text = (name: string) => strFromU8(files[name] ?? new Uint8Array());
  return {
    origin: parse(originSchema, jsonOf(text(FILES.origin)), `${SUBJECT}: ${FILES.origin}`),
    report: readDiffJson(text(FILES.report)),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw problem(FILES.origin, 'is no JSON');
  }
}

const SUBJECT = `The artifact ${ARTIFACT}`;
const problem = (where: string, message: string) => new KeelsonError(SUBJECT, [{ where, message }]);
