import * as v from 'valibot';
import { COMMENT_LIMIT, diffMarkdown } from '../../lib/diff/markdown.js';
import type { DiffReport } from '../../lib/diff/report.js';
import { type GitHub, ServerFault } from './github.js';
import { artifactOf, runOf, staleness, type WorkflowRun } from './workflow-run.js';

/** Tells our comment from the others, together with who wrote it: anybody can write this. */
const MARKER = '<!-- keelson diff -->';

const commentSchema = v.object({
  id: v.number(),
  body: v.nullish(v.string()),
  user: v.nullish(v.object({ login: v.string() })),
});

interface CommentOptions {
  /** Id of the run that left the artifact. */
  readonly run: number;
  /** Who we are, on GitHub. @default github-actions[bot], to whom a job's own token belongs */
  readonly author?: string;
}

/**
 * Keeps one comment of a pull request current with what its last run found. The pull request's code has no part in it:
 * the report is checked and its text made here.
 *
 * @returns what was done, for a person
 * @throws KeelsonError where the artifact is not to be believed or GitHub refuses; nothing is written then
 */
export async function commentOnPullRequest(
  github: GitHub,
  { run: id, author = 'github-actions[bot]' }: CommentOptions,
): Promise<string> {
  const run = await runOf(github, id);
  if (run.event !== 'pull_request') return `Run ${id} was not for a pull request: there is nothing to say.`;
  const artifact = await artifactOf(github, run);
  if (!artifact) return `Run ${id} left no report: there is nothing to say.`;
  const stale = await staleness(github, run, artifact);
  if (stale !== undefined) return `Nothing was written: ${stale}.`;
  const { number } = artifact.origin;
  const body = commentBody(artifact.report, run);
  const done = await writeOne(github, number, author, body).catch((error: unknown) => {
    // A comment whose writing failed may be there all the same: it is looked for again.
    if (error instanceof ServerFault) return writeOne(github, number, author, body);
    throw error;
  });
  return `The comment on pull request ${number} ${done}.`;
}

/** The comment's text, never longer than GitHub takes. */
export function commentBody(
  report: DiffReport,
  { head_sha, html_url }: Pick<WorkflowRun, 'head_sha' | 'html_url'>,
) {
  const foot = `\n<sub>For ${head_sha.slice(0, 7)}, by [this run](${html_url}), which ran the pull request's own code: the deployment stops where the real preview has more.</sub>\n`;
  const limit = COMMENT_LIMIT - MARKER.length - foot.length - 1;
  return `${MARKER}\n${diffMarkdown(report, { limit })}${foot}`;
}

async function writeOne(github: GitHub, number: number, author: string, body: string): Promise<string> {
  const comments = await github.list(commentSchema, `/issues/${number}/comments`);
  const own = comments.filter(
    (comment) => comment.user?.login === author && comment.body?.startsWith(MARKER),
  );
  const [current, ...others] = own;
  for (const { id } of others) await github.send('DELETE', `/issues/comments/${id}`);
  if (!current) {
    await github.send('POST', `/issues/${number}/comments`, { body: { body }, repeat: false });
    return 'was written';
  }
  // GitHub may give line breaks back as it got them from a browser.
  if (current.body?.replaceAll('\r\n', '\n').trim() === body.trim()) return 'says it already';
  await github.send('PATCH', `/issues/comments/${current.id}`, { body: { body } });
  return 'was brought up to date';
}
