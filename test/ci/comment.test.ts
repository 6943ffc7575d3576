import { commentBody, commentOnPullRequest } from '../../cli/ci/comment.js';
import { GitHub } from '../../cli/ci/github.js';
import { type DiffReport, diffJson, diffManifests, diffMarkdown } from '../../lib/diff/index.js';
import { readDiffJson } from '../../lib/diff/read-json-report.js';
import { claim, object, workload } from '../diff/objects.js';
import { FakeGitHub, HEAD, TOKEN } from '../support/fake-github.js';

const BOT = 'github-actions[bot]';
const MARKER = '<!-- keelson diff -->';

const before = [
  workload('Deployment', 'web', { main: { image: 'example.com/web:1.0' } }),
  workload('StatefulSet', 'cache', { spec: { volumeClaimTemplates: [claim('1Gi')] } }),
  object('ConfigMap', 'settings', { data: { 'a.b': '1', '[x]': '2' } }),
];
const after = [
  workload('Deployment', 'web', { main: { image: 'example.com/web:1.1' } }),
  object('ConfigMap', 'settings', { data: { 'a.b': '2', '[x]': 'two\nlines' } }),
];
const reportOf = (old = before, now = after): DiffReport => ({
  base: { name: 'development', commit: 'b'.repeat(40), problems: [] },
  head: { name: '#5', commit: HEAD, problems: [{ stack: 'production', message: 'no image' }] },
  stacks: diffManifests([{ name: 'staging', objects: old }], [{ name: 'staging', objects: now }]),
  uncompared: [{ stack: 'production', objects: 7 }],
});
const report = reportOf();
const origin = (change: object = {}) => JSON.stringify({ number: 5, head: HEAD, ...change });
const files = (change: Readonly<Record<string, string>> = {}) => ({
  'diff.json': diffJson(report),
  'pull-request.json': origin(),
  'diff.md': 'All is well. @everyone',
  ...change,
});

/** Every file of the artifact says that it has so many bytes. */
function declare(bytes: number): void {
  const zip = Buffer.from(github.artifact?.zip ?? []);
  const entry = Buffer.from('PK\x01\x02', 'latin1');
  for (let at = zip.indexOf(entry); at >= 0; at = zip.indexOf(entry, at + 1))
    zip.writeUInt32LE(bytes, at + 24);
  github.artifact = { zip };
}

let github: FakeGitHub;
const comment = () => commentOnPullRequest(new GitHub(github.options), { run: 77 });
const writes = () => github.requests.filter((request) => !request.startsWith('GET'));

beforeEach(async () => {
  github = await new FakeGitHub().start();
  github.leave(files());
});
afterEach(() => github.close());

test('the report comes through JSON as it was, whatever the names of its fields', () => {
  expect(diffMarkdown(readDiffJson(diffJson(report)))).toBe(diffMarkdown(report));
});

test('a comment is written once, and brought up to date', async () => {
  expect(await comment()).toBe('The comment on pull request 5 was written.');
  expect(github.comments).toEqual([expect.objectContaining({ body: commentBody(report, github.run) })]);
  expect(github.comments[0]?.body).toContain('- **deleted** `StatefulSet cache`');
  expect(github.comments[0]?.body).not.toContain('All is well');
  expect(github.leaked).toBe(false);
  expect(await comment()).toBe('The comment on pull request 5 says it already.');
  github.leave(files({ 'diff.json': diffJson(reportOf(before, before)) }));
  expect(await comment()).toBe('The comment on pull request 5 was brought up to date.');
  expect(github.comments).toHaveLength(1);
});

test("somebody else's comment with the same marker stays, also before and beside a hundred others", async () => {
  github.say('mallory', `${MARKER}\nnothing to see`);
  for (let index = 0; index < 120; index++) github.say('ada', `remark ${index}`);
  await comment();
  await comment();
  expect(github.comments[0]?.body).toBe(`${MARKER}\nnothing to see`);
  expect(github.comments.filter(({ user }) => user.login === BOT)).toHaveLength(1);
});

test('of two comments of its own one is left', async () => {
  github.say(BOT, `${MARKER}\nold`);
  github.say(BOT, 'of another job');
  github.say(BOT, `${MARKER}\nolder`);
  await comment();
  expect(github.comments.map(({ body }) => body)).toEqual([
    commentBody(report, github.run),
    'of another job',
  ]);
});

test('a change of any size fits into a comment', async () => {
  const many = Array.from({ length: 400 }, (_, index) =>
    object('ConfigMap', `${'x'.repeat(200)}-${index}`, { data: {} }),
  );
  const large = reportOf(before, many);
  github.leave(files({ 'diff.json': diffJson(large) }));
  await comment();
  const [{ body } = { body: '' }] = github.comments;
  expect(body.length).toBeLessThanOrEqual(65_536);
  expect(body).toContain('400 created');
  expect(body).toContain('more objects');
  expect(body.trimEnd().endsWith('</sub>')).toBe(true);
});

test.each<[string, () => void, string]>([
  [
    'another commit',
    () => github.leave(files({ 'pull-request.json': origin({ head: 'c'.repeat(40) }) })),
    'but its run was for',
  ],
  [
    "another's pull request",
    () => Object.assign(github.pull.head, { ref: 'feature/other' }),
    'is not the one that its run was for',
  ],
  [
    'a pull request of another repository',
    () => Object.assign(github.pull.base.repo, { full_name: 'a/b' }),
    'is not the one',
  ],
  ['no number', () => github.leave(files({ 'pull-request.json': origin({ number: '5/../6' }) })), 'number'],
  ['no report', () => github.leave({ 'pull-request.json': origin() }), 'diff.json: is missing'],
  [
    'a report of another shape',
    () => github.leave(files({ 'diff.json': '{"version":1,"stacks":7}' })),
    'stacks',
  ],
  ['no JSON', () => github.leave(files({ 'diff.json': '<!-- -->' })), 'is no JSON'],
  ['too many bytes', () => github.leave(files(), { size: 2 ** 30 }), 'at most'],
  ['a bomb', () => declare(2 ** 30), 'when it is unpacked'],
  ['a bomb in disguise', () => declare(1), 'is no'],
  [
    'no zip',
    () => {
      github.artifact = { zip: Buffer.from('PK, almost') };
    },
    'is no zip',
  ],
])('a forged artifact, %s: an error, and nothing is written', async (_what, forge, message) => {
  forge();
  await expect(comment()).rejects.toThrow(message);
  expect(writes()).toEqual([]);
});

test('markup, mentions and turned text of a report stay text', async () => {
  const forged = diffJson(report)
    .replaceAll('"cache"', JSON.stringify('`</details> @everyone <img src=x> `` \u202e'))
    .replaceAll('"staging"', JSON.stringify('<b>`x`'));
  github.leave(files({ 'diff.json': forged }));
  await comment();
  const [{ body } = { body: '' }] = github.comments;
  expect(body).not.toContain('\u202e');
  expect(body).toContain('<summary><code>&lt;b&gt;`x`</code>');
  expect(body).toContain('- `` <b>`x` ``:');
  expect(body).toContain('- **deleted** ```StatefulSet `</details> @everyone <img src=x> `` \ufffd```');
});

test.each<[string, () => void, string]>([
  [
    'a newer commit',
    () => Object.assign(github.pull.head, { sha: 'd'.repeat(40) }),
    'has a newer commit (ddddddd)',
  ],
  ['a closed pull request', () => Object.assign(github.pull, { state: 'closed' }), 'is closed'],
  ['a run for something else', () => Object.assign(github.run, { event: 'push' }), 'not for a pull request'],
  ['a run without a report', () => Object.assign(github, { artifact: undefined }), 'left no report'],
  ['a report that is gone', () => github.leave(files(), { expired: true }), 'left no report'],
])('%s: nothing is written, and it is no error', async (_what, change, words) => {
  change();
  expect(await comment()).toContain(words);
  expect(writes()).toEqual([]);
});

test('a token that may not: which permission is missing, and no second attempt', async () => {
  const headers = { 'x-accepted-github-permissions': 'pull_requests=write' };
  github.faults.push({ on: 'POST', status: 403, headers });
  const failed = comment();
  await expect(failed).rejects.toThrow('pull_requests=write; GitHub answered 403: it was said so');
  await expect(failed).rejects.not.toThrow(TOKEN);
  expect(writes()).toHaveLength(1);
});

test('faults of the server are met with patience, limits too', async () => {
  github.faults.push(
    { on: 'GET /actions/runs', status: 502 },
    { on: 'GET /pulls', status: 500 },
    { on: 'GET /pulls', status: 403, headers: { 'x-ratelimit-remaining': '0' } },
    { on: 'GET /issues', status: 429 },
  );
  expect(await comment()).toContain('was written');
});

test('a server that stays at fault: an error after four attempts', async () => {
  for (let index = 0; index < 9; index++) github.faults.push({ on: 'GET /pulls', status: 503 });
  await expect(comment()).rejects.toThrow('GET /pulls/5: answered 503, 4 times; run it again later');
});

test('a comment that was written though the answer was a fault is not written twice', async () => {
  github.faults.push({ on: 'POST', status: 502, carriedOut: true });
  expect(await comment()).toContain('says it already');
  expect(github.comments).toHaveLength(1);
});
