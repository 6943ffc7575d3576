import { list, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { destroyStack, refreshStack, upStack } from '../../stacks/deploy.js';
import { runEngine } from '../../stacks/engine-command.js';
import { refuseFileState } from '../../stacks/state-place.js';
import { goTool, hasGo } from '../support/go-tool.js';
import { PulumiCloud } from '../support/pulumi-cloud.js';
import { describeWithS3, S3Server } from '../support/s3-server.js';
import { filesWith, holds } from '../support/secret-bytes.js';
import { deployment, killedWhen, some } from './kill-engine.js';
import { maps, StackBed } from './stack-bed.js';

/** Where a team keeps its state. */
interface Place {
  readonly backendUrl: string;
  /** What opens it. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether what it keeps has a value in any form. */
  has(value: string): boolean;
  stop(): Promise<void>;
}

/* State that a team shares, with the real engine and the real API server. */
let stacks: StackBed;
beforeAll(async () => {
  stacks = await StackBed.start();
});
afterAll(() => stacks?.stop());

function sharedState(name: string, start: () => Promise<Place>): void {
  let place: Place;
  beforeAll(async () => {
    place = await start();
  });
  afterAll(() => place?.stop());

  const [killed, life] = [`${name}-killed`, `${name}-life`];

  const options = (project: string, objects: readonly KubeObject[]) =>
    stacks.options(project, objects, {
      backendUrl: place.backendUrl,
      env: place.env,
      secrets: [{ name: 'key', namespace: project, keys: ['k'], generate: true }],
    });

  const uidsIn = async (namespace: string): Promise<string[]> =>
    list(await stacks.bed.find(maps(namespace)), 'items')
      .filter((map) => text(map, 'metadata', 'name').startsWith('m'))
      .map((map) => text(map, 'metadata', 'uid'));

  test('a killed engine: one at a time, and after its lock is taken away everything is taken back', async () => {
    const objects = some(killed, 0, 10, '1');
    const held = options(killed, [...objects, deployment(killed, 'nowhere')]);
    await killedWhen(upStack(held), async () => {
      if ((await uidsIn(killed)).length < objects.length) return false;
      // Somebody else, while it runs.
      await expect(upStack(held)).rejects.toThrow(
        /stack dev: is being updated by somebody else.*pulumi cancel/,
      );
      return true;
    });
    const wanted = options(killed, [...objects, deployment(killed)]);
    // Whether a lock of another machine is left behind, nobody but a person knows.
    await expect(upStack(wanted)).rejects.toThrow(/pulumi cancel --stack dev/);
    await runEngine(['cancel', '--yes'], wanted);
    const uids = await uidsIn(killed);
    expect((await upStack(wanted)).counts).toMatchObject({ replace: 0, delete: 0 });
    expect(await uidsIn(killed)).toEqual(uids);
    expect((await upStack(wanted)).changes).toEqual([]);
  });

  test('a life: made, taken for what the cluster has, changed, and gone; nothing secret is kept in clear', async () => {
    const made = options(life, some(life, 0, 3, '1'));
    expect((await upStack(made)).counts).toMatchObject({ create: 5 });
    const secret = text(await stacks.bed.find(`/api/v1/namespaces/${life}/secrets/key`), 'data', 'k');
    await stacks.bed.meddle('DELETE', maps(life, 'm1'));
    expect((await refreshStack(made)).counts).toMatchObject({ delete: 1 });
    expect((await upStack(made)).counts).toMatchObject({ create: 1, update: 0 });
    expect((await upStack(options(life, some(life, 0, 2, '2')))).counts).toMatchObject({
      ...{ update: 2, delete: 1 },
    });
    expect(place.has('m1')).toBe(true);
    expect(place.has(Buffer.from(secret, 'base64').toString())).toBe(false);
    expect((await destroyStack({ ...made, removeStack: true })).counts).toMatchObject({ delete: 4 });
    await expect(upStack({ ...made, createStack: false })).rejects.toThrow(/stack dev: does not exist/);
  });

  test('CI takes it', async () => {
    await expect(refuseFileState(options(`${name}-ci`, []))).resolves.toBeUndefined();
  });
}

describeWithS3()('state in a bucket', () => {
  sharedState('bucket', async () => {
    const server = await S3Server.start('state');
    return {
      backendUrl: `s3://state?endpoint=${server.endpoint}&region=us-east-1&use_path_style=true`,
      env: { PULUMI_CONFIG_PASSPHRASE: 'test', ...server.key },
      has: (value) => filesWith(server.file('state', ''), [value]).length > 0,
      stop: () => server.stop(),
    };
  });
});

if (!hasGo()) console.warn('without Go to build a replayer with, Pulumi Cloud is tried without journals');

describe('state in Pulumi Cloud, which a stand-in plays', () => {
  let cloud: PulumiCloud;

  sharedState('cloud', async () => {
    cloud = await PulumiCloud.start(hasGo() ? await goTool('journal') : undefined);
    return {
      backendUrl: cloud.url,
      // It keeps the secrets itself: there is no passphrase.
      env: { PULUMI_ACCESS_TOKEN: cloud.token },
      has: (value) => holds(cloud.kept, value),
      stop: () => cloud.stop(),
    };
  });

  test('all of this was told as a journal of steps, where it can be replayed', () => {
    expect(cloud.journaled > 0).toBe(hasGo());
  });

  test('a token that it does not take is told as such, and is not shown', async () => {
    const other = await PulumiCloud.start();
    const env = { PULUMI_ACCESS_TOKEN: 'pul-wrong-4c1f' };
    const refused = stacks.options('refused', [], { backendUrl: other.url, env });
    try {
      const said = await upStack(refused).then(() => 'none', String);
      expect(said).toMatch(/PULUMI_ACCESS_TOKEN: is not taken by Pulumi Cloud.*pulumi login/);
      expect(said).not.toContain('pul-wrong');
      await expect(refuseFileState(refused)).rejects.toThrow(/PULUMI_ACCESS_TOKEN: is not taken/);
    } finally {
      await other.stop();
    }
  });
});
