import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { list, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { destroyStack, upStack } from '../../stacks/deploy.js';
import { deployment, killedWhen, some } from './kill-engine.js';
import { held, maps, StackBed } from './stack-bed.js';

/*
 * SIGKILL for the engine with everything done and nothing noted, since it writes the state at the end of a run: the
 * real engine and the real API server, held up by an object that does not get ready, or does not go.
 */
let stacks: StackBed;
beforeAll(async () => {
  stacks = await StackBed.start();
});
afterAll(() => stacks?.stop());
beforeEach(() => {
  stacks.told.length = 0;
});

/** The ConfigMaps of a namespace with one value each, by name, without the cluster's own. */
async function found(namespace: string): Promise<Record<string, string>> {
  const items = list(await stacks.bed.find(maps(namespace)), 'items');
  const pairs = items.map(
    (map) => [text(map, 'metadata', 'name') ?? '', text(map, 'data', 'x') ?? ''] as const,
  );
  return Object.fromEntries(pairs.filter(([name]) => name.startsWith('m')));
}

const uid = async (namespace: string, name: string) =>
  text(await stacks.bed.find(maps(namespace, name)), 'metadata', 'uid');

const journal = (project: string) =>
  join(stacks.options(project, []).workDir, `state/.pulumi/keelson/${project}/dev`);

test('in the first up: all is taken back, and what was taken out of the application since is deleted', async () => {
  const before = stacks.options('made', [...some('made', 0, 10, '1'), deployment('made', 'nowhere')], {
    secrets: [{ name: 'key', namespace: 'made', keys: ['k'], generate: true }],
  });
  await killedWhen(upStack(before), async () => Object.keys(await found('made')).length === 10);
  expect(readdirSync(journal('made'))).toHaveLength(1);
  const kept = await uid('made', 'm1');
  // m0 left the application before anybody noted that it was made.
  const after = stacks.options('made', [...some('made', 1, 10, '2'), deployment('made')], {
    secrets: [{ name: 'key', namespace: 'made', keys: ['k'], generate: true }],
  });
  const { counts } = await upStack(after);
  expect(counts).toMatchObject({ create: 0, replace: 0, delete: 1 });
  expect(stacks.told).toContainEqual(expect.stringContaining('ended before it noted all that it did'));
  expect(await found('made')).toEqual(
    Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`m${index + 1}`, '2'])),
  );
  expect(await uid('made', 'm1')).toBe(kept);
  expect(readdirSync(journal('made'))).toEqual([]);
  expect((await upStack(after)).changes).toEqual([]);
});

test('in an up that changes: what it did is known, though the state says that there is nothing to do', async () => {
  const options = (zone: string | undefined, maps: readonly KubeObject[]) =>
    stacks.options('changed', [...maps, deployment('changed', zone)]);
  await upStack(options(undefined, some('changed', 0, 6, '1')));
  const kept = await uid('changed', 'm3');
  await killedWhen(
    upStack(options('nowhere', [...some('changed', 2, 6, '2'), ...some('changed', 6, 8, '1')])),
    async () => {
      const now = await found('changed');
      return now.m5 === '2' && now.m7 === '1';
    },
  );
  // Back to what was before: the state that was not written says that there is nothing to do.
  await upStack(options(undefined, some('changed', 0, 6, '1')));
  expect(await found('changed')).toEqual({ m0: '1', m1: '1', m2: '1', m3: '1', m4: '1', m5: '1' });
  expect(await uid('changed', 'm3')).toBe(kept);
});

test('in a destroy: an up makes anew what is gone, and a destroy goes on to the end', async () => {
  const wanted = stacks.options('gone', [...some('gone', 0, 5, '1'), held('gone')]);
  await upStack(wanted);
  const letGo = () => stacks.bed.meddle('PATCH', maps('gone', 'held'), { metadata: { finalizers: null } });
  await killedWhen(destroyStack(wanted), async () => Object.keys(await found('gone')).length === 0);
  await letGo();
  while ((await stacks.bed.find(maps('gone', 'held'))) !== undefined) await sleep(50);
  expect((await upStack(wanted)).counts).toMatchObject({ create: 6, replace: 0 });
  expect(Object.keys(await found('gone'))).toHaveLength(5);
  await killedWhen(destroyStack(wanted), async () => Object.keys(await found('gone')).length === 0);
  await letGo();
  await destroyStack({ ...wanted, removeStack: true });
  expect(await stacks.bed.find('/api/v1/namespaces/gone')).toBeUndefined();
});

test('a run that fails in good order leaves nothing to be compared', async () => {
  const wanted = stacks.options('orderly', some('orderly', 0, 2, '1'));
  await upStack(wanted);
  await stacks.bed.meddle('PATCH', maps('orderly', 'm0'), { data: { x: '3' } });
  await expect(upStack(stacks.options('orderly', some('orderly', 0, 2, '2')))).rejects.toThrow(
    'has fields that somebody else changed',
  );
  expect(existsSync(journal('orderly')) ? readdirSync(journal('orderly')) : []).toEqual([]);
  expect(stacks.told).toEqual([]);
});

test('a lost state: one up takes everything back', async () => {
  const objects = some('lost', 0, 40, '1');
  await upStack(stacks.options('lost', objects));
  const kept = await uid('lost', 'm39');
  const anew = stacks.options('lost', objects, { stack: 'dev' });
  const elsewhere = { ...anew, workDir: `${anew.workDir}-2`, backendUrl: `${anew.backendUrl}-2` };
  execFileSync('mkdir', ['-p', `${anew.workDir}/state-2`]);
  expect((await upStack(elsewhere)).counts).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  expect(await uid('lost', 'm39')).toBe(kept);
  expect((await upStack(elsewhere)).changes).toEqual([]);
});
