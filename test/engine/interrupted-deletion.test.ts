import { text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { destroyStack, upStack } from '../../stacks/deploy.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { describeWithS3, S3Server } from '../support/s3-server.js';
import { until } from '../support/until.js';
import { configMap, held, maps, StackBed } from './stack-bed.js';

/*
 * A deletion that was interrupted takes its course in the cluster, at once or when a finalizer is gone; real engine and
 * API server, state in a folder and in a bucket.
 */
let stacks: StackBed;
beforeAll(async () => {
  stacks = await StackBed.start();
});
afterAll(() => stacks?.stop());
beforeEach(() => {
  stacks.told.length = 0;
});

const uid = async (namespace: string) =>
  text(await stacks.bed.find(maps(namespace, 'held')), 'metadata', 'uid');

const isEnding = async (namespace: string) =>
  text(await stacks.bed.find(maps(namespace, 'held')), 'metadata', 'deletionTimestamp') !== '';

const letGo = (namespace: string) =>
  stacks.bed.meddle('PATCH', maps(namespace, 'held'), { metadata: { finalizers: null } });

/** Interrupts the run while the object is held. */
async function interrupted(run: (signal: AbortSignal) => Promise<unknown>, namespace: string): Promise<void> {
  const interrupt = new AbortController();
  const ended = expect(run(interrupt.signal)).rejects.toThrow(/was interrupted; the same command goes on/);
  await until('the deletion begins', () => isEnding(namespace));
  interrupt.abort();
  await ended;
}

/** An up from there makes everything anew, whether it is gone before the up begins or only while it runs. */
async function goesOn(wanted: DeployOptions, namespace: string): Promise<void> {
  await upStack(wanted);
  const first = await uid(namespace);
  await interrupted((signal) => destroyStack({ ...wanted, signal }), namespace);
  await letGo(namespace);
  await until('it is gone', async () => (await uid(namespace)) !== first);
  await upStack(wanted);
  const second = await uid(namespace);
  expect([second, second === first]).toEqual([expect.stringMatching(/./), false]);
  expect((await upStack(wanted)).changes).toEqual([]);

  await interrupted((signal) => destroyStack({ ...wanted, signal }), namespace);
  stacks.told.length = 0;
  const up = upStack(wanted);
  const waiting = `waiting for what is being deleted: ConfigMap ${namespace}/held`;
  await until('the up waits', () => stacks.told.includes(waiting));
  await letGo(namespace);
  await up;
  const third = await uid(namespace);
  expect([third, third === second]).toEqual([expect.stringMatching(/./), false]);
  expect((await upStack(wanted)).changes).toEqual([]);
}

test('of a destroy, with state in a folder: the next up makes everything anew', () =>
  goesOn(stacks.options('folder', [configMap('folder', 'm', { x: '1' }), held('folder')]), 'folder'));

test('in a namespace that somebody deletes nothing can be made, and it is said what to wait for', async () => {
  await upStack(stacks.options('ending', [held('ending')]));
  await stacks.bed.meddle('DELETE', '/api/v1/namespaces/ending');
  await expect(
    upStack(stacks.options('ending', [held('ending'), configMap('ending', 'm', { x: '1' })])),
  ).rejects.toThrow(/ConfigMap ending\/m: belongs into the namespace ending, which is being deleted/);
  await letGo('ending');
});

describeWithS3()('with state in a bucket', () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await S3Server.start('state');
  });
  afterAll(() => server?.stop());

  const options = (project: string, objects: readonly KubeObject[]) =>
    stacks.options(project, objects, {
      backendUrl: `s3://state?endpoint=${server.endpoint}&region=us-east-1&use_path_style=true`,
      env: { PULUMI_CONFIG_PASSPHRASE: 'test', ...server.key },
    });

  test('of a destroy: the next up makes everything anew', () =>
    goesOn(options('bucket', [configMap('bucket', 'm', { x: '1' }), held('bucket')]), 'bucket'));

  test('of what left the application and came back: it is made anew', async () => {
    const wanted = options('back', [configMap('back', 'm', { x: '1' }), held('back')]);
    await upStack(wanted);
    const first = await uid('back');
    const without = options('back', [configMap('back', 'm', { x: '1' })]);
    await interrupted((signal) => upStack({ ...without, signal }), 'back');
    await letGo('back');
    await until('it is gone', async () => (await uid('back')) !== first);
    expect((await upStack(wanted)).counts).toMatchObject({ create: 1, same: 2 });
    expect(await uid('back')).not.toBe('');
  });
});
