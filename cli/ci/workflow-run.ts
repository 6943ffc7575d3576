import * as v from 'valibot';
import { KeelsonError } from '../../lib/config/problem.js';
import { ARTIFACT, type Artifact, MOST_PACKED, readArtifact } from './artifact.js';
import type { GitHub } from './github.js';

const place = v.object({ full_name: v.string() });

const runSchema = v.object({
  id: v.number(),
  event: v.string(),
  head_sha: v.string(),
  head_branch: v.nullable(v.string()),
  head_repository: v.nullish(place),
  html_url: v.string(),
});

/** A run of a workflow, as GitHub itself knows it. */
export type WorkflowRun = v.InferOutput<typeof runSchema>;

const artifactSchema = v.object({
  id: v.number(),
  name: v.string(),
  size_in_bytes: v.number(),
  expired: v.boolean(),
});

const pullSchema = v.object({
  state: v.string(),
  head: v.object({ sha: v.string(), ref: v.string(), repo: v.nullish(place) }),
  base: v.object({ repo: place }),
});

export const runOf = (github: GitHub, id: number): Promise<WorkflowRun> =>
  github.ask(runSchema, `/actions/runs/${id}`);

/** Runs for a pull request's commit, the newest first. */
export async function runsFor(github: GitHub, commit: string): Promise<WorkflowRun[]> {
  const { workflow_runs } = await github.ask(
    v.object({ workflow_runs: v.array(runSchema) }),
    `/actions/runs?head_sha=${commit}&event=pull_request&per_page=100`,
  );
  return workflow_runs.filter(({ head_sha }) => head_sha === commit);
}

/**
 * The report that a run left, or undefined where it left none (any more).
 *
 * @throws KeelsonError for one that is none, is too large, or says that it is about another commit
 */
export async function artifactOf(github: GitHub, run: WorkflowRun): Promise<Artifact | undefined> {
  const { artifacts } = await github.ask(
    v.object({ artifacts: v.array(artifactSchema) }),
    `/actions/runs/${run.id}/artifacts?name=${ARTIFACT}&per_page=100`,
  );
  const found = artifacts.filter(({ name, expired }) => name === ARTIFACT && !expired).at(-1);
  if (!found) return undefined;
  if (found.size_in_bytes > MOST_PACKED)
    throw refused(`has ${found.size_in_bytes} bytes, at most ${MOST_PACKED} are read`);
  const artifact = readArtifact(await github.download(`/actions/artifacts/${found.id}/zip`, MOST_PACKED));
  if (artifact.origin.head !== run.head_sha)
    throw refused(`says that it is about ${artifact.origin.head}, but its run was for ${run.head_sha}`);
  return artifact;
}

/**
 * Whether the pull request that an artifact names is the run's own and still as the run saw it.
 *
 * @returns why there is nothing to say, or undefined
 * @throws KeelsonError where the run belongs to another pull request
 */
export async function staleness(
  github: GitHub,
  run: WorkflowRun,
  { origin: { number } }: Artifact,
): Promise<string | undefined> {
  const pull = await github.ask(pullSchema, `/pulls/${number}`);
  const isOwn =
    pull.base.repo.full_name === github.repository &&
    pull.head.repo?.full_name === run.head_repository?.full_name &&
    pull.head.ref === run.head_branch;
  if (!isOwn) throw refused(`names pull request ${number}, which is not the one that its run was for`);
  if (pull.state !== 'open') return `pull request ${number} is closed`;
  if (pull.head.sha !== run.head_sha)
    return `pull request ${number} has a newer commit (${pull.head.sha.slice(0, 7)}), whose own run will tell`;
  return undefined;
}

const refused = (message: string) => new KeelsonError(`The artifact ${ARTIFACT}`, [{ where: '', message }]);
