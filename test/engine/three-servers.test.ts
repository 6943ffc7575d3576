import { Rehearsal } from '../rehearsal/rehearsal.js';
import { done } from '../support/done.js';
import { SecretWatch } from '../support/secret-watch.js';
import { describeWithSsh } from './machine-bed.js';

/*
 * Three servers and an agent behind a load balancer, by the command line alone, against the simulated cloud.
 */
describeWithSsh()('three servers and an agent', () => {
  const VOLUMES_TOKEN = 'dop_v1_of_volumes_alone';
  let stage: Rehearsal;
  let watch: SecretWatch;
  const up = () => stage.keelson('up', '--env', 'staging', '--yes');
  const account = () => stage.simulator.account;
  const nodeOf = (name: string) =>
    JSON.parse(stage.machines.get(name)?.root.read('etc/nixos/node.json') ?? 'null');
  const find = (apiVersion: string, kind: string, name: string, namespace?: string) =>
    stage.cluster.find({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } });

  beforeAll(async () => {
    stage = await Rehearsal.open('three-servers');
    stage.edit({ machines: { servers: 3, entry: 'load-balancer', apiHost: 'k3s.example.com' } });
    watch = SecretWatch.start();
  });
  afterAll(() => {
    watch?.end();
    return stage?.close();
  });

  test('a preview says what they cost, and which token is missing, with the command that sets it', async () => {
    const output = done(await stage.keelson('preview', '--env', 'staging'));
    expect(output).toContain('4 droplets s-2vcpu-4gb 96');
    expect(output).toContain('1 load balancer 12');
    expect(output).toContain(
      "pulumi config set --secret --stack main-cluster --path 'keelson:secrets.digitalocean-block-storage.token'",
    );
  });

  test('without it nothing is made', async () => {
    const { status, output } = await up();
    expect(status).not.toBe(0);
    expect(output).toContain('keelson:secrets.digitalocean-block-storage.token: is not set');
    expect(account().list('droplets')).toEqual([]);
  });

  test('with the token one up makes them all, and they are one cluster', async () => {
    const path = 'keelson:secrets.digitalocean-block-storage.token';
    done(
      await stage.pulumi(
        'config',
        'set',
        '--stack',
        'main-cluster',
        '--secret',
        '--path',
        path,
        VOLUMES_TOKEN,
      ),
    );
    done(await up());
    const servers = ['main-server-1', 'main-server-2', 'main-server-3'];
    expect(
      account()
        .list('droplets')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['main-builds', ...servers]);
    for (const name of [...servers, 'main-builds']) {
      const isFirst = name === 'main-server-1';
      expect(nodeOf(name)).toMatchObject({
        clusterInit: isFirst,
        serverAddress: isFirst ? null : 'https://k3s.example.com:6443',
        tlsSans: name === 'main-builds' ? [] : ['k3s.example.com'],
        storageClass: 'do-block-storage',
      });
    }
    const tokens = servers.map((name) =>
      stage.machines.get(name)?.root.read('var/lib/keelson/secrets/token'),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(account().list('reserved_ips')).toEqual([]);
    expect(account().list('load_balancers')).toHaveLength(1);
  });

  test('volumes follow their pods: the driver is there, with its token, which stands nowhere in clear', async () => {
    expect(await find('storage.k8s.io/v1', 'StorageClass', 'do-block-storage')).toMatchObject({
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    });
    expect(await find('apps/v1', 'DaemonSet', 'block-storage-node', 'block-storage')).toBeDefined();
    expect(await find('v1', 'Secret', 'digitalocean-block-storage', 'block-storage')).toMatchObject({
      data: { token: Buffer.from(VOLUMES_TOKEN).toString('base64') },
    });
    // To `pulumi config set` this test gave it as an argument.
    const given = /^an argument of \S*pulumi$/;
    expect(watch.placesOf([VOLUMES_TOKEN]).filter((where) => !given.test(where))).toEqual([]);
    const secrets = [...stage.secrets, VOLUMES_TOKEN];
    expect([...stage.placesOf(secrets), ...watch.placesOf(stage.secrets)]).toEqual([]);
  });

  test('a second up changes nothing', async () => {
    expect(done(await up()).match(/Nothing to change/g)).toHaveLength(3);
  });
});
