import { Cluster, type ClusterArgs, ManagedCluster } from '../../stacks/digitalocean/index.js';
import { kubeTokenOf } from '../digitalocean/simulator/managed-services.js';
import { SecretWatch } from '../support/secret-watch.js';
import { CloudBed, type CloudStack } from './digitalocean-bed.js';
import { KUBE_TOKEN, SMALL } from './digitalocean-program.js';

/* What goes wrong in the cloud, with the real engine: each run ends in words, and the next one goes on. */

const WRONG_TOKEN = 'dop_v1_wrong';

let bed: CloudBed;
let stacks = 0;
let cloud: CloudStack;
let watch: SecretWatch;

const program =
  (more: Partial<ClusterArgs> = {}) =>
  async () => {
    const { snapshots: _, agents: __, ...small } = SMALL;
    const cluster = new Cluster('main', { ...small, protect: false, ...more });
    return { address: cluster.address };
  };

/** Makes `cloud` a stack of its own in an account that has nothing, and from then on looks for what is secret. */
async function fresh(token?: string): Promise<void> {
  for (const kind of Object.keys(bed.account.everything())) bed.account.all(kind).clear();
  bed.account.faults.clear();
  bed.simulator.answered.length = 0;
  cloud = await bed.stack(`fault-${++stacks}`, token);
  watch = SecretWatch.start();
}

const statuses = (method: string, path: RegExp): number[] =>
  bed.simulator.answered
    .filter((answer) => answer.method === method && path.test(answer.path))
    .map(({ status }) => status);

beforeAll(async () => {
  bed = await CloudBed.start();
});
afterAll(() => bed?.stop());

afterEach(() => {
  const managed = bed.account.list('kubernetes').map(({ id }) => kubeTokenOf(String(id)));
  try {
    cloud.expectHidden([bed.account.token, WRONG_TOKEN, KUBE_TOKEN, ...managed], watch);
  } finally {
    watch.end();
  }
});

test('a rate limit and errors of the server are waited out', async () => {
  await fresh();
  const { faults } = bed.account;
  faults.fail({ method: 'POST', path: /^\/v2\/droplets$/, status: 429, retryAfter: 1, times: 2 });
  faults.fail({ method: 'POST', path: /^\/v2\/vpcs$/, status: 500, times: 2 });
  faults.fail({ method: 'GET', path: /^\/v2\/droplets\/\d+$/, status: 503, times: 1 });
  await cloud.up(program());
  expect(statuses('POST', /^\/v2\/droplets$/)).toEqual([429, 429, 202]);
  expect(statuses('POST', /^\/v2\/vpcs$/)).toEqual([500, 500, 201]);
  expect(bed.account.list('droplets')).toMatchObject([{ status: 'active' }]);
});

test('a server that answers with errors only ends the run in words; the next run does the rest', async () => {
  await fresh();
  bed.account.faults.fail({ method: 'POST', path: /^\/v2\/volumes$/, status: 500, times: 99 });
  await expect(cloud.up(program())).rejects.toThrow(/\/v2\/volumes: 500 Unexpected server-side error/);
  bed.account.faults.clear();
  await cloud.up(program());
  const droplets = bed.account.list('droplets');
  expect(droplets).toMatchObject([{ name: 'main-server-1', status: 'active' }]);
  expect(bed.account.list('volumes')).toMatchObject([{ droplet_ids: [droplets[0]?.id] }]);
});

test('a droplet that never boots is kept and told how to look at; the next run goes on with it', async () => {
  await fresh();
  bed.account.faults.neverBoot.add('main-server-1');
  await expect(cloud.up(program({ startTimeout: '2s' }))).rejects.toThrow(
    /waiting for droplet \(\d+\) to become ready: timeout.*cloud\.digitalocean\.com\/droplets\/\d+\/console/,
  );
  const [id] = bed.account.list('droplets').map((droplet) => droplet.id);
  expect(id).toBeDefined();
  bed.account.faults.clear();
  await cloud.up(program({ startTimeout: '2s' }));
  expect(bed.account.list('droplets')).toMatchObject([{ id, status: 'active' }]);
  expect((await cloud.up(program({ startTimeout: '2s' }))).steps).toEqual([]);
});

test('a droplet that is lost while it boots is made anew with --refresh', async () => {
  await fresh();
  bed.account.faults.vanish.add('main-server-1');
  await expect(cloud.up(program())).rejects.toThrow(
    /waiting for droplet \(\d+\) to become ready: couldn't find resource/,
  );
  await expect(cloud.up(program())).rejects.toThrow(/did not exist while updating Droplet::\d+/);
  expect(bed.account.list('droplets')).toEqual([]);
  await cloud.up(program(), { refresh: true });
  expect(bed.account.list('droplets')).toMatchObject([{ name: 'main-server-1', status: 'active' }]);
  expect(bed.account.list('volumes')).toMatchObject([{ droplet_ids: [bed.account.list('droplets')[0]?.id] }]);
});

test('slow actions are waited for', async () => {
  await fresh();
  Object.assign(bed.account.faults, { actionPolls: 20, bootPolls: 20 });
  await cloud.up(program());
  expect(bed.account.list('reserved_ips')).toMatchObject([{ droplet: { name: 'main-server-1' } }]);
});

test('a wrong token is told as such, and makes nothing', async () => {
  await fresh(WRONG_TOKEN);
  await expect(cloud.up(program())).rejects.toThrow(/401 Unable to authenticate you/);
  expect(Object.values(bed.account.everything()).flat()).toEqual([]);
});

test('a quota that is reached names itself; with room the same run succeeds', async () => {
  await fresh();
  bed.account.faults.dropletLimit = 1;
  await expect(cloud.up(program({ servers: 3 }))).rejects.toThrow(/will exceed your droplet limit/);
  bed.account.faults.clear();
  await cloud.up(program({ servers: 3 }));
  expect(bed.account.list('droplets')).toHaveLength(3);
});

test('a region without the size names itself', async () => {
  await fresh();
  await expect(cloud.up(program({ region: 'blr1', size: 's-4vcpu-8gb' }))).rejects.toThrow(
    /422 Size is not available in this region/,
  );
});

test('a zone that the account has already is left to it', async () => {
  await fresh();
  bed.account.add('domains', 'example.com', { name: 'example.com' });
  await expect(cloud.up(program())).rejects.toThrow(/Domain name already exists/);
  await cloud.up(program({ createZone: false }));
  expect(bed.account.list('records of example.com')).toHaveLength(3);
  await cloud.destroy(program({ createZone: false }));
  expect(bed.account.list('domains')).toHaveLength(1);
});

test('a load balancer stands in front of every machine', async () => {
  await fresh();
  await cloud.up(program({ entry: 'load-balancer' }));
  const [balancer] = bed.account.list('load_balancers');
  expect(balancer).toMatchObject({ status: 'active', tag: 'keelson-main' });
  expect(bed.account.list('reserved_ips')).toEqual([]);
  expect((await cloud.outputs()).address?.value).toBe(balancer?.ip);
});

test('DigitalOcean Kubernetes gives the same outputs, as secrets, and its nodes change in place', async () => {
  await fresh();
  const managed =
    (count: number, version = '1.34.1-do.0') =>
    async () => {
      const cluster = new ManagedCluster('main', {
        region: 'fra1',
        version,
        nodes: { count },
        pools: { builds: { count: 1 } },
        protect: false,
      });
      return { kubeconfig: cluster.kubeconfig, storageClass: cluster.storageClass };
    };
  await cloud.up(managed(2));
  const { kubeconfig, storageClass } = await cloud.outputs();
  expect(kubeconfig).toMatchObject({
    secret: true,
    value: expect.stringContaining('current-context: do-main'),
  });
  expect(storageClass?.value).toBe('do-block-storage');
  expect((await cloud.up(managed(2))).steps).toEqual([]);
  const update = [{ op: 'update', resource: 'KubernetesCluster main' }];
  expect((await cloud.up(managed(3))).steps).toEqual(update);
  expect((await cloud.up(managed(3, '1.35.0-do.0'))).steps).toEqual(update);
  expect(bed.account.list('kubernetes')).toMatchObject([
    { version: '1.35.0-do.0', node_pools: [{ count: 3 }, { count: 1 }] },
  ]);
});
