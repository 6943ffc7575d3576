import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { apiRequest } from '../../stacks/access/api-request.js';
import { forwardPort } from '../../stacks/provision/cluster-access.js';
import { Rehearsal } from '../rehearsal/rehearsal.js';
import { done } from '../support/done.js';
import { ARGUMENT_OF_K3S } from '../support/k3s-stub.js';
import { SecretWatch } from '../support/secret-watch.js';
import { describeWithSsh } from './machine-bed.js';

/*
 * What people do with machines that are there, as whole commands against the simulated cloud: reach the cluster, work
 * from another checkout, look for a droplet that is gone.
 */
describeWithSsh()('machines on their second day', () => {
  let stage: Rehearsal;
  let watch: SecretWatch;
  const server = `https://127.0.0.1:${forwardPort('day-two', 'main')}`;
  const up = (...more: string[]) => stage.keelson('up', '--env', 'staging', '--yes', ...more);
  const inWorkFolder = (...path: string[]) => join(stage.project, '.keelson', ...path);
  const serverOf = (kubeconfig: string): string => JSON.parse(kubeconfig).clusters[0].cluster.server;

  beforeAll(async () => {
    stage = await Rehearsal.open('day-two');
    stage.edit({ agents: {} });
    watch = SecretWatch.start();
    done(await up());
  });
  afterAll(() => {
    watch?.end();
    return stage?.close();
  });

  test('another checkout refuses a machine that shows another host key than the state has', async () => {
    const machine = stage.machines.get('main-server-1');
    const turn = async (hostKey: string): Promise<void> => {
      await machine?.stop();
      await machine?.start(hostKey);
      rmSync(inWorkFolder('known_hosts'));
    };
    machine?.makeHostKey('another');
    await turn('another');
    const { status, output } = await up('--no-machines');
    expect([status, output]).toEqual([1, expect.stringContaining('made anew, or somebody answers')]);
    await turn('host-key');
    done(await up('--no-machines'));
  });

  test('a forward leads to the API until Ctrl-C, and leaves nothing behind', async () => {
    const file = inWorkFolder('access', 'main-admin.kubeconfig');
    const run = await stage.keelsonDuring(['forward'], /export KUBECONFIG='(.+)'/, async ([, named = '']) => {
      const content = readFileSync(named, 'utf8');
      expect([named, serverOf(content)]).toEqual([file, server]);
      const answer = await apiRequest({ content, identity: '' }, 'GET', '/api/v1/namespaces/staging');
      expect(answer.status).toBe(200);
    });
    expect(done(run)).toContain(`Cluster main answers at ${server} until Ctrl-C`);
    expect(existsSync(file)).toBe(false);
  });

  test('other keys and tokens: no droplet is touched, and an up has nothing to do afterwards', async () => {
    const droplets = () => stage.simulator.account.list('droplets').map(({ id }) => id);
    const root = () => stage.machines.get('main-server-1')?.root;
    const kept = () => [
      /ssh-ed25519 \S+ keelson-main/.exec(root()?.read('etc/nixos/node.json') ?? '')?.[0],
      root()?.read('var/lib/keelson/secrets/token'),
      root()?.read('var/lib/keelson/secrets/agent-token'),
    ];
    const [before, ids, former] = [kept(), droplets(), stage.secrets];
    const output = done(await stage.keelson('rotate-keys', '--tokens', '--yes'));
    expect(output).toContain('The machines of main have another key, and k3s other tokens');
    expect(droplets()).toEqual(ids);
    for (const [index, one] of kept().entries()) {
      expect(one).toMatch(/\S/);
      expect(one).not.toBe(before[index]);
    }
    expect(root()?.read('etc/nixos/node.json')).not.toContain(before[0]);
    for (const secrets of [former, stage.secrets])
      expect([
        ...stage.placesOf(secrets),
        ...watch.placesOf(secrets).filter((where) => !ARGUMENT_OF_K3S.test(where)),
      ]).toEqual([]);
    expect(done(await up()).match(/Nothing to change/g)).toHaveLength(3);
  });

  test('kubeconfig and diff find the way to it by themselves', async () => {
    const output = done(await stage.keelson('kubeconfig', 'staging', '--out', 'staging.kubeconfig'));
    expect(output).toContain('npx keelson forward main');
    expect(serverOf(readFileSync(join(stage.project, 'staging.kubeconfig'), 'utf8'))).toBe(server);
    stage.edit({ tag: '1.0.1' });
    const how = ['--env', 'staging', '--format', 'json', '--out', 'live.json'];
    // 1: something differs; where the cluster cannot be reached it is 2.
    expect(await stage.keelson('diff', 'live', ...how)).toMatchObject({ status: 1 });
    const { stacks } = JSON.parse(readFileSync(join(stage.project, 'live.json'), 'utf8'));
    const { changes } = stacks.find(({ name }: { name: string }) => name === 'staging');
    const web = changes.find(({ kind }: { kind: string }) => kind === 'Deployment');
    expect(web).toMatchObject({
      action: 'update',
      fields: expect.arrayContaining([
        expect.objectContaining({ before: 'example.com/web:1.0.0', after: 'example.com/web:1.0.1' }),
      ]),
    });
  });

  test('a refresh finds that a droplet is gone, in place of half an hour of waiting for it', async () => {
    const { account } = stage.simulator;
    account.all('droplets').clear();
    const output = done(await stage.keelson('refresh', '--env', 'staging'));
    expect(output).toContain('Gone at the provider: main-server-1; the next up makes them anew');
    const asked = stage.simulator.answered.length;
    await stage.keelson('refresh', '--env', 'staging', '--no-machines');
    expect(stage.simulator.answered).toHaveLength(asked);
  });
});
