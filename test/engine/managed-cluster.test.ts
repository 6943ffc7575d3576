import { Rehearsal, TOKEN } from '../rehearsal/rehearsal.js';
import { clientKeyOf } from '../support/client-key.js';
import { done } from '../support/done.js';
import { SecretWatch } from '../support/secret-watch.js';
import { describeWithSsh } from './machine-bed.js';

/*
 * DigitalOcean Kubernetes by the command line alone: against the simulated cloud, whose kubeconfig leads to a real API
 * server.
 */
const SIZE = 's-2vcpu-4gb';
const web = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'staging' } };

// Without machines, but with the rehearsal's stage, which makes keys for some.
describeWithSsh()('DigitalOcean Kubernetes', () => {
  let stage: Rehearsal;
  let watch: SecretWatch;

  const up = () => stage.keelson('up', '--env', 'staging', '--yes');
  const clusters = () => stage.simulator.account.list('kubernetes');
  const managed = (count: number) => ({
    managed: { region: 'fra1', version: '1.34.1-do.0', nodes: { size: SIZE, count } },
  });

  beforeAll(async () => {
    stage = await Rehearsal.open('managed', () => {}, { direct: true });
    stage.edit(managed(2));
    watch = SecretWatch.start();
  });
  afterAll(async () => {
    watch?.end();
    await stage?.close();
  });

  test('a preview says what it is and what it costs, and makes nothing', async () => {
    const output = done(await stage.keelson('preview', '--env', 'staging'));
    expect(output).toContain('Cluster main: DigitalOcean Kubernetes, fra1.');
    expect(output).toContain(`2 droplets ${SIZE} 48`);
    expect(output).toMatch(/\+ create +KubernetesCluster main/);
    expect(output).toMatch(/\+ create +Deployment staging\/web/);
    expect(clusters()).toEqual([]);
  });

  test('one up makes it and brings the environment up; a second one changes nothing', async () => {
    done(await up());
    expect(clusters()).toMatchObject([{ version: '1.34.1-do.0', node_pools: [{ size: SIZE, count: 2 }] }]);
    expect(await stage.cluster.find(web)).toMatchObject({ status: { readyReplicas: 2 } });
    expect(done(await up()).match(/Nothing to change/g)).toHaveLength(3);
  });

  test('another node and another image: one update each, in place', async () => {
    const [before] = clusters();
    stage.edit({ ...managed(3), tag: '1.0.1' });
    const output = done(await up());
    expect(output).toMatch(/~ updated +KubernetesCluster main/);
    expect(output).toMatch(/~ updated +Deployment staging\/web/);
    expect(clusters()).toMatchObject([{ id: before?.id, node_pools: [{ count: 3 }] }]);
  });

  test('what is secret is nowhere in clear: not in state, settings, output, arguments or temporary files', () => {
    const secrets = [clientKeyOf(stage.cluster.cluster.kubeconfig), 'BEGIN OPENSSH PRIVATE KEY'];
    expect([...stage.placesOf([...secrets, TOKEN]), ...watch.placesOf(secrets)]).toEqual([]);
    expect(watch.placesOf([TOKEN], ['DIGITALOCEAN_TOKEN'])).toEqual([]);
  });

  test('a destroy is refused while anything is protected; then everything goes', async () => {
    const destroy = () =>
      stage.keelson('destroy', '--env', 'staging', '--machines', '--yes', '--delete-data');
    const refused = await destroy();
    expect([refused.status, refused.output]).toEqual([
      1,
      expect.stringContaining('KubernetesCluster main: holds data and is protected'),
    ]);
    for (const stack of ['main-machines', 'main-cluster'])
      done(await stage.pulumi('config', 'set', '--stack', stack, 'keelson:protectData', 'false'));
    done(await up());
    done(await destroy());
    expect(clusters()).toEqual([]);
    expect(await stage.cluster.find(web)).toBeUndefined();
  });
});
