import { list, text } from '../../embedded/kubernetes-provider/property-values.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { upStack } from '../../stacks/deploy.js';
import { runEngine } from '../../stacks/engine-command.js';
import { describeWithS3, S3Server } from '../support/s3-server.js';
import { filesWith } from '../support/secret-bytes.js';
import { until } from '../support/until.js';
import { deployment, killedWhen, some } from './kill-engine.js';
import { maps, StackBed } from './stack-bed.js';

/* State that a team shares in a bucket, with the real engine, a real S3 server and the real API server. */
describeWithS3()('state in a bucket', () => {
  let stacks: StackBed;
  let server: S3Server;
  beforeAll(async () => {
    stacks = await StackBed.start();
    server = await S3Server.start('state');
  });
  afterAll(async () => {
    await stacks?.stop();
    await server?.stop();
  });

  const options = (project: string, objects: readonly KubeObject[]) =>
    stacks.options(project, objects, {
      backendUrl: `s3://state?endpoint=${server.endpoint}&region=us-east-1&use_path_style=true`,
      env: { PULUMI_CONFIG_PASSPHRASE: 'test', ...server.key },
      secrets: [{ name: 'key', namespace: project, keys: ['k'], generate: true }],
    });

  const made = async (namespace: string): Promise<number> =>
    list(await stacks.bed.find(maps(namespace)), 'items').filter((map) =>
      text(map, 'metadata', 'name').startsWith('m'),
    ).length;

  test('a killed engine: one at a time, and after its lock is taken away everything is taken back', async () => {
    const objects = some('killed', 0, 10, '1');
    const held = options('killed', [...objects, deployment('killed', 'nowhere')]);
    await killedWhen(upStack(held), async () => {
      if ((await made('killed')) < objects.length) return false;
      // Somebody else, while it runs.
      await expect(upStack(held)).rejects.toThrow(
        /stack dev: is being updated by somebody else.*pulumi cancel/,
      );
      return true;
    });
    const wanted = options('killed', [...objects, deployment('killed')]);
    // Whether a lock of another machine is left behind, nobody but a person knows.
    await expect(upStack(wanted)).rejects.toThrow(/pulumi cancel --stack dev/);
    await runEngine(['cancel', '--yes'], wanted);
    const uids = await uidsIn('killed');
    expect((await upStack(wanted)).counts).toMatchObject({ replace: 0, delete: 0 });
    expect(await uidsIn('killed')).toEqual(uids);
    expect((await upStack(wanted)).changes).toEqual([]);
  });

  const uidsIn = async (namespace: string): Promise<string[]> =>
    list(await stacks.bed.find(maps(namespace)), 'items').map((map) => text(map, 'metadata', 'uid'));

  test('nothing that is secret stands in the bucket in clear', async () => {
    await upStack(options('secret', []));
    await until('the secret is there', async () => (await stacks.bed.find(secret)) !== undefined);
    const value = Buffer.from(text(await stacks.bed.find(secret), 'data', 'k'), 'base64').toString();
    expect(server.keys('state', '.pulumi/stacks').length).toBeGreaterThan(0);
    expect(filesWith(server.file('state', ''), [value])).toEqual([]);
  });

  const secret = '/api/v1/namespaces/secret/secrets/key';
});
