import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { diffJson } from '../../lib/diff/json-report.js';
import { diffMarkdown } from '../../lib/diff/markdown.js';
import type { DiffReport } from '../../lib/diff/report.js';
import type { Report } from '../../lib/progress.js';
import { compare } from '../diff/compare.js';
import { sourceOf, WORKING_TREE } from '../diff/source.js';
import { writeOutput } from '../output-file.js';
import { FILES, type Origin } from './artifact.js';

interface ReportOptions extends Origin {
  /** What the pull request is compared with, such as `HEAD^1` of its merge commit. */
  readonly base: string;
  /** Branch that it is to be merged into, for people. */
  readonly baseName: string;
  /** Folder for the artifact's files. */
  readonly out: string;
  readonly report: Report;
}

/** Compares the working tree with its base once, and writes what the comment and the deployment need of it. */
export async function reportPullRequest(options: ReportOptions): Promise<DiffReport> {
  const { base, baseName, number, head, out, report } = options;
  const here = realpathSync(process.cwd());
  const found = await compare({ base: sourceOf(base, here), head: WORKING_TREE, here, report });
  const named: DiffReport = {
    ...found,
    base: { ...found.base, name: baseName },
    head: { ...found.head, name: `#${number}`, commit: head },
  };
  writeOutput(join(out, FILES.report), diffJson(named));
  writeOutput(join(out, FILES.markdown), diffMarkdown(named));
  const origin: Origin = { number, head };
  writeOutput(join(out, FILES.origin), `${JSON.stringify(origin)}\n`);
  return named;
}
