import type { ApplicationInput } from '../../lib/config/application-schema.js';
import { parseApplication } from '../../lib/config/application-schema.js';
import { diffManifests } from '../../lib/diff/index.js';
import { clustersToMake, plannedMachines } from '../../stacks/provision/index.js';

type Cluster = ApplicationInput['clusters'][string];
type Machines = NonNullable<Cluster['machines']>;

const MACHINES: Machines = {
  region: 'fra1',
  zone: 'example.com',
  operatorCidrs: ['203.0.113.7/32'],
  sshKeys: { ada: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample ada@example.com' },
  agents: { one: {} },
};

const planned = (cluster: Cluster) =>
  plannedMachines(
    clustersToMake(
      parseApplication({
        name: 'shop',
        domain: 'shop.example.com',
        contact: 'ops@example.com',
        clusters: { main: cluster },
        environments: { staging: { cluster: 'main' } },
        services: () => undefined,
      }),
      ['main'],
    ),
  );

const objectsOf = (stacks: Awaited<ReturnType<typeof planned>>) =>
  stacks.map(({ name, manifests }) => ({ name, objects: manifests.flatMap(({ objects }) => objects) }));

let base: ReturnType<typeof planned> | undefined;

/** What an edit of the machines says, a line a resource. */
async function edit(change: Partial<Machines>): Promise<string[]> {
  base ??= planned({ machines: MACHINES });
  const before = objectsOf(await base);
  const after = objectsOf(await planned({ machines: { ...MACHINES, ...change } }));
  return diffManifests(before, after)
    .flatMap(({ changes }) => changes)
    .map(({ action, after: now, before: old, marks }) =>
      [
        `${action} ${(now ?? old)?.kind} ${(now ?? old)?.metadata.name}`,
        ...marks.map(({ text }) => text),
      ].join('; '),
    );
}

test('the stack of the machines, whatever a state has', async () => {
  const [stack] = await planned({ machines: MACHINES });
  expect(stack).toMatchObject({ name: 'main-machines', cluster: 'main' });
  const objects = stack?.manifests.flatMap((manifest) => manifest.objects) ?? [];
  expect(
    objects.find(({ kind, metadata }) => kind === 'Droplet' && metadata.name === 'main-server-1'),
  ).toEqual({
    apiVersion: 'digitalocean/index',
    kind: 'Droplet',
    metadata: {
      name: 'main-server-1',
      annotations: { 'keelson.dev/protected': 'true', 'keelson.dev/usd-a-month': '24' },
    },
    spec: expect.objectContaining({ region: 'fra1', size: 's-2vcpu-4gb' }),
  });
  expect(JSON.stringify(objects)).not.toContain('userData');
  expect(await planned({ machines: MACHINES })).toEqual([stack]);
});

test('a managed cluster is planned too, another one is not', async () => {
  const [stack] = await planned({
    ingress: 'none',
    managed: { region: 'fra1', version: '1.34.1-do.0' } as never,
  });
  expect(stack?.manifests[0]?.objects.map(({ kind }) => kind)).toContain('KubernetesCluster');
  expect(await planned({})).toEqual([]);
});

test.each<readonly [what: string, change: Partial<Machines>, lines: readonly string[]]>([
  ['nothing', {}, []],
  [
    'a colleague’s key, which machines are told of later',
    { sshKeys: { ben: 'ssh-ed25519 AAAA ben@example.com' } },
    [],
  ],
  [
    'another size is an outage and costs more',
    { size: 's-4vcpu-8gb', agents: { one: { size: 's-2vcpu-4gb' } } },
    [
      'update Droplet main-server-1; the machine is powered off, changed and powered on again; nothing on it answers meanwhile; +24 USD a month',
    ],
  ],
  [
    'SSH from elsewhere',
    { operatorCidrs: ['0.0.0.0/1'] },
    ['update Firewall main; 22/tcp is open to 0.0.0.0/1'],
  ],
  [
    'snapshots cost',
    { snapshots: { bucket: 'shop-etcd' } },
    [
      'create SpacesKey main-buckets',
      'create SpacesBucket main; +5 USD a month',
      'create SpacesKey main-snapshots',
    ],
  ],
  [
    'three servers, in the place of one',
    { servers: 3 },
    [
      'create Droplet main-server-2; +24 USD a month',
      'create Droplet main-server-3; +24 USD a month',
      'create DnsRecord main-api.example.com/A/main-server-2',
      'create DnsRecord main-api.example.com/A/main-server-3',
    ],
  ],
  ['another class of claims, of which the machines are told later', { storageClass: 'local-path' }, []],
  ['a volume grows', { dataVolume: 40 }, ['update Volume main-data; +2 USD a month']],
  [
    'a volume shrinks',
    { dataVolume: 10 },
    ['update Volume main-data; the volume shrinks from 20 GiB to 10 GiB, which none does: up refuses it'],
  ],
  [
    'an agent goes',
    { agents: {} },
    [
      'delete Droplet main-one; it is deleted, with everything on its own disk; what runs on the machine stops',
    ],
  ],
])('%s', async (_what, change, lines) => {
  expect(await edit(change)).toEqual(lines);
});

test('another region replaces what holds data, and says that it is refused', async () => {
  const lines = await edit({ region: 'ams3' });
  expect(lines).toContain(
    'replace Volume main-data; it is deleted and made anew, with everything on it; it is protected, so up refuses it',
  );
  expect(lines).toContain(
    "replace ReservedIp main; the cluster's public address is another one; it is protected, so up refuses it",
  );
  expect(lines.filter((line) => line.startsWith('replace Droplet'))).toHaveLength(2);
});

test('a load balancer takes the place of the address, and the API has the name that is given', async () => {
  const kinds = async (change: Partial<Machines>) =>
    (await planned({ machines: { ...MACHINES, servers: 3, ...change } })).flatMap(({ manifests }) =>
      manifests.flatMap(({ objects }) => objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)),
    );
  expect(await kinds({})).not.toContain('LoadBalancer main');
  const other = await kinds({ entry: 'load-balancer', apiHost: 'k3s.example.com' });
  expect(other).toContain('LoadBalancer main');
  expect(other.filter((name) => /^ReservedIp/.test(name))).toEqual([]);
  expect(other.filter((name) => /^DnsRecord (main-api|k3s)/.test(name))).toEqual(
    [1, 2, 3].map((number) => `DnsRecord k3s.example.com/A/main-server-${number}`),
  );
});
