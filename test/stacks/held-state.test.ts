import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { holdingState } from '../../stacks/held-state.js';
import { changeState } from '../../stacks/state-change.js';
import type { Checkpoint } from '../../stacks/state-export.js';

/* With a program that exports, imports and locks as the engine does; test/engine/state-change.test.ts has the engine. */
const ENGINE = `#!/usr/bin/env node
const { existsSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { fileURLToPath } = require('node:url');
const place = fileURLToPath(process.env.PULUMI_BACKEND_URL);
const file = place + '/.pulumi/stacks/shop/dev.json';
const locks = place + '/.pulumi/locks/organization/shop/dev';
if (process.argv[3] === 'export') process.stdout.write(readFileSync(file));
else {
  const state = JSON.parse(readFileSync(0, 'utf8'));
  if (existsSync(locks) && readdirSync(locks).length > 0) throw new Error('currently locked by 1 lock(s)');
  writeFileSync(file, JSON.stringify(state));
}
`;

let folder: string;
let state: string;
let options: DeployOptions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keelson-held-'));
  const stacks = join(folder, 'state/.pulumi/stacks/shop');
  state = join(stacks, 'dev.json');
  mkdirSync(stacks, { recursive: true });
  writeFileSync(state, JSON.stringify(added('first')({ deployment: {} })));
  writeFileSync(`${state}.attrs`, '{}');
  const command = join(folder, 'engine');
  writeFileSync(command, ENGINE);
  chmodSync(command, 0o755);
  options = {
    synthesis: { application: 'shop', stacks: [] },
    stack: 'dev',
    workDir: folder,
    backendUrl: pathToFileURL(join(folder, 'state')).href,
    engine: { command } as DeployOptions['engine'],
    providers: 'real',
  };
});
afterEach(() => rmSync(folder, { recursive: true }));

const added =
  (name: string) =>
  (before: Checkpoint): Checkpoint => ({
    deployment: { resources: [...(before.deployment.resources ?? []), { urn: `urn::${name}` }] },
  });
const read = (file: string): Checkpoint => JSON.parse(readFileSync(file, 'utf8'));
const names = (checkpoint: Checkpoint) =>
  checkpoint.deployment.resources?.map(({ urn }) => urn.slice('urn::'.length));
/** Somebody else does it at once. */
const theirs = (name: string) => writeFileSync(state, JSON.stringify(added(name)(read(state))));

test('what somebody else writes meanwhile is kept: the change begins again with it', async () => {
  let asked = 0;
  const now = await changeState(options, (before) => {
    asked += 1;
    if (asked === 1) theirs('theirs');
    return added('mine')(before);
  });
  expect([asked, names(now), names(read(state))]).toEqual([
    2,
    ['first', 'theirs', 'mine'],
    ['first', 'theirs', 'mine'],
  ]);
});

test('somebody who is faster every time is said, and nothing of theirs is lost', async () => {
  let time = 0;
  const changed = changeState(options, (before) => {
    time += 1;
    theirs(`theirs${time}`);
    return added('mine')(before);
  });
  await expect(changed).rejects.toThrow('dev: was changed by somebody else 5 times');
  expect(names(read(state))).toEqual(['first', ...[1, 2, 3, 4, 5].map((n) => `theirs${n}`)]);
});

test('nothing is written where nothing changes', async () => {
  const before = readFileSync(state);
  await holdingState(options, (held) => changeState(held, (now) => now));
  expect(readFileSync(state)).toEqual(before);
  expect([existsSync(`${state}.attrs`), existsSync(`${state}.bak`)]).toEqual([true, false]);
});

test('a state that is held is locked for others, and replaced at the end, with the one before beside it', async () => {
  await holdingState(options, async (held) => {
    await changeState(held, added('one'));
    await changeState(held, added('two'));
    expect(names(read(state))).toEqual(['first']);
    await expect(changeState(options, added('theirs'))).rejects.toThrow('currently locked by 1 lock');
    await expect(holdingState(options, async () => {})).rejects.toThrow('currently locked by 1 lock');
  });
  expect([names(read(state)), names(read(`${state}.bak`))]).toEqual([['first', 'one', 'two'], ['first']]);
  // A checksum of what is not there any more.
  expect(existsSync(`${state}.attrs`)).toBe(false);
  expect(names(await changeState(options, added('theirs')))).toEqual(['first', 'one', 'two', 'theirs']);
});

test('what fails while a state is held leaves it as it was, unlocked, and without a copy', async () => {
  const failed = holdingState(options, async (held) => {
    await changeState(held, added('mine'));
    throw new Error('the cluster does not answer');
  });
  await expect(failed).rejects.toThrow('the cluster does not answer');
  expect(names(read(state))).toEqual(['first']);
  expect(existsSync(join(folder, 'state/.pulumi/keelson/shop/dev/copy'))).toBe(false);
  expect(names(await changeState(options, added('theirs')))).toEqual(['first', 'theirs']);
});

test('elsewhere than in a folder nothing is copied: the engine alone locks', async () => {
  const elsewhere = { ...options, backendUrl: 's3://bucket' };
  expect(await holdingState(elsewhere, async (held) => held === elsewhere)).toBe(true);
});
