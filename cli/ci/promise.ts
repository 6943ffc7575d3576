import * as v from 'valibot';
import { parse } from '../../lib/config/parse.js';
import { KeelsonError } from '../../lib/config/problem.js';
import type { DiffReport } from '../../lib/diff/report.js';
import type { GitHub } from './github.js';
import { artifactOf, runsFor } from './workflow-run.js';

const actionSchema = v.picklist(['create', 'update', 'replace', 'delete']);

const promiseSchema = v.object({
  version: v.literal(1),
  /** Numbers of the pull requests that showed it. */
  pulls: v.array(v.number()),
  changes: v.array(
    v.object({
      stack: v.string(),
      kind: v.string(),
      /** With the namespace: `staging/web`. */
      name: v.string(),
      action: actionSchema,
    }),
  ),
});

/** What pull requests said that they would do, object by object. */
export type Promised = v.InferOutput<typeof promiseSchema>;
type PromisedChange = Promised['changes'][number];

/** @throws KeelsonError where the text is no such file */
export function readPromise(text: string, file: string): Promised {
  try {
    return parse(promiseSchema, JSON.parse(text), file);
  } catch (error) {
    if (error instanceof KeelsonError) throw error;
    throw new KeelsonError(file, [{ where: '', message: 'is no JSON; write it with: keelson ci promise' }]);
  }
}

/** What a report says; a rename is a deletion and a creation, as the engine does it. */
export const changesOf = ({ stacks }: DiffReport): PromisedChange[] =>
  stacks.flatMap(({ name: stack, changes }) =>
    changes.flatMap(({ action, before, after }) => {
      const told = (object: typeof after, done: PromisedChange['action']) =>
        object ? [{ stack, kind: object.kind, name: nameOf(object.metadata), action: done }] : [];
      if (action === 'rename') return [...told(before, 'delete'), ...told(after, 'create')];
      return told(after ?? before, action);
    }),
  );

const nameOf = ({ namespace, name }: { readonly namespace?: string; readonly name: string }): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

const pullSchema = v.object({
  number: v.number(),
  merged_at: v.nullable(v.string()),
  head: v.object({ sha: v.string() }),
});

/**
 * What the pull requests showed by which these commits came.
 *
 * @throws KeelsonError for commits that came by none, and for pull requests whose report is gone
 */
export async function promiseOf(github: GitHub, commits: readonly string[]): Promise<Promised> {
  const pulls = new Map<number, v.InferOutput<typeof pullSchema>>();
  const problems: { where: string; message: string }[] = [];
  for (const commit of commits) {
    const found = await github.list(pullSchema, `/commits/${commit}/pulls`);
    const merged = found.filter(({ merged_at }) => merged_at !== null);
    if (merged.length === 0)
      problems.push({
        where: commit.slice(0, 7),
        message: 'came by no pull request, so nobody was shown what it does',
      });
    for (const pull of merged) pulls.set(pull.number, pull);
  }
  const changes: PromisedChange[] = [];
  for (const { number, head } of pulls.values()) {
    const report = await reportFor(github, head.sha);
    if (report) changes.push(...changesOf(report));
    else
      problems.push({
        where: `pull request ${number}`,
        message: `its check of ${head.sha.slice(0, 7)} left no report, or it is gone; run that check again`,
      });
  }
  if (problems.length > 0) throw new KeelsonError('The promise', [...problems, MEND]);
  return { version: 1, pulls: [...pulls.keys()], changes };
}

const MEND = {
  where: 'otherwise',
  message: 'look at `keelson preview`, then run the deployment by hand with "unpromised"',
};

async function reportFor(github: GitHub, head: string): Promise<DiffReport | undefined> {
  for (const run of await runsFor(github, head)) {
    const artifact = await artifactOf(github, run);
    if (artifact) return artifact.report;
  }
  return undefined;
}
