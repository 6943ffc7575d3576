import fc from 'fast-check';
import { KeelsonError } from '../../lib/config/problem.js';
import { effectOf } from '../../lib/digitalocean/replacements.js';
import { relativeName } from '../../stacks/digitalocean/dns-records.js';
import {
  Cluster,
  type ClusterArgs,
  explainApiFailure,
  planCluster,
  priceEstimate,
  REPLACEMENTS,
  replacing,
  SIZES,
  sizesFromApi,
  slugWarnings,
} from '../../stacks/digitalocean/index.js';
import { DigitalOceanSimulator } from '../digitalocean/simulator/simulator.js';
import { mockEngine } from './mock-engine.js';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA ada@example.com';

const args: ClusterArgs = {
  region: 'fra1',
  zone: 'example.com',
  domains: ['lunch.example.com'],
  operatorCidrs: ['203.0.113.7/32'],
  sshKeys: { ada: KEY },
  userData: ({ hostname }) => `#cloud-config\n# ${hostname}\n`,
  kubeconfig: () => 'kubeconfig',
};

const make = (more: Partial<ClusterArgs> = {}) => mockEngine(() => new Cluster('main', { ...args, ...more }));

/** What is wrong with a cluster. */
function problems(more: Partial<ClusterArgs>, name = 'main'): string {
  try {
    planCluster(name, { ...args, ...more });
    return '';
  } catch (error) {
    if (error instanceof KeelsonError) return error.message;
    throw error;
  }
}

describe('Cluster', () => {
  it('keeps what holds data or an address', async () => {
    const { resources } = await make({ snapshots: { bucket: 'example' }, agents: { builds: {} } });
    const kept = resources
      .filter(({ options }) => options.protect)
      .map(({ type, name }) => `${type} ${name}`);
    expect(kept.map((each) => each.replace(/^.*:/, '')).sort()).toEqual([
      'Domain example.com',
      'Droplet main-server-1',
      'ReservedIp main',
      'SpacesBucket main',
      'Volume main-data',
      'Vpc main',
    ]);
  });

  it('lets a machine ignore everything that would replace it, but for its region', async () => {
    const { resources } = await make();
    const droplets = resources.filter(({ type }) => type.endsWith(':Droplet'));
    expect(droplets).toHaveLength(1);
    const ignoreChanges = droplets[0]?.options.ignoreChanges ?? [];
    const expected = REPLACEMENTS.filter((row) => row.resource === 'Droplet' && row.effect === 'replace');
    expect([...ignoreChanges, 'region'].sort()).toEqual(expected.map(({ property }) => property).sort());
    expect(ignoreChanges).toEqual(expect.arrayContaining(['userData', 'sshKeys', 'image', 'vpcUuid']));
  });

  it('gives the API a name from the first day, under which every server is found', async () => {
    for (const servers of [1, 3]) {
      const { result, resources } = await make({ servers });
      expect(result.serverAddress).toBe('https://main-api.example.com:6443');
      const records = resources.filter(({ name }) => name.startsWith('main-api.example.com/A/'));
      expect(records.map(({ name }) => name.split('/').at(-1))).toEqual(
        Array.from({ length: servers }, (_, index) => `main-server-${index + 1}`),
      );
    }
  });

  it('tells a machine its part, and nothing that a growth changes', () => {
    const roles = (more: Partial<ClusterArgs>) =>
      planCluster('main', { ...args, ...more }).machines.map(({ role }) => role);
    const [first] = roles({});
    const [same, second, , agent] = roles({ servers: 3, agents: { builds: {} } });
    expect(same).toEqual(first);
    expect(first).toEqual({
      hostname: 'main-server-1',
      role: 'server',
      clusterInit: true,
      serverAddress: 'https://main-api.example.com:6443',
      privateCidr: '10.110.0.0/20',
      dataDevice: '/dev/disk/by-id/scsi-0DO_Volume_main-data',
    });
    expect(second).toMatchObject({ hostname: 'main-server-2', clusterInit: false });
    expect(agent).toMatchObject({ hostname: 'main-builds', role: 'agent', clusterInit: false });
  });

  it('keeps claims on the machine while it is alone, unless told otherwise', () => {
    const storageClass = (more: Partial<ClusterArgs>) =>
      planCluster('main', { ...args, ...more }).storageClass;
    expect(storageClass({})).toBe('local-path');
    expect(storageClass({ agents: { builds: {} } })).toBe('do-block-storage');
    expect(storageClass({ servers: 3, storageClass: 'local-path' })).toBe('local-path');
  });

  it('makes no records where the zone is elsewhere, and says which are needed', async () => {
    const { result, resources } = await make({ zone: undefined });
    expect(resources.filter(({ type }) => /:(DnsRecord|Domain)$/.test(type))).toEqual([]);
    expect(result.network.dns.records.map(({ host }) => host)).toEqual([
      'lunch.example.com',
      '*.lunch.example.com',
    ]);
  });

  it('says everything that is wrong at once', () => {
    const text = problems({
      servers: 2,
      sshKeys: { ada: '-----BEGIN OPENSSH PRIVATE KEY-----', ben: 'nonsense' },
      operatorCidrs: ['0.0.0.0/0', 'home'],
      ipRange: '10.42.0.0/20',
      size: 's-1vcpu-1gb',
      dataVolume: 0.5,
      domains: ['lunch.example.org'],
      agents: { 'server-2': {} },
      snapshots: { bucket: 'b', region: 'nyc1' },
    });
    for (const part of [
      /^Cluster "main" has 11 problems:/,
      /servers: 2 was given; use 1, or 3/,
      /sshKeys.ada: is a private key/,
      /sshKeys.ben: "nonsense" is no public key/,
      /operatorCidrs.0: .*opens SSH to everybody/,
      /operatorCidrs.1: "home" is no range/,
      /ipRange: .*overlaps 10.42.0.0\/16/,
      /size: "s-1vcpu-1gb" has 1024 MiB.*at least 2048/,
      /dataVolume: 0.5/,
      /domains: "lunch.example.org" is not in the zone "example.com"/,
      /agents.server-2: is the name of a server/,
      /snapshots.region: "nyc1" has no Spaces/,
    ])
      expect(text).toMatch(part);
    expect(text).not.toContain('BEGIN OPENSSH');
  });

  it('refuses user data that DigitalOcean would pass over', () => {
    expect(problems({ userData: () => '\n#cloud-config\n' })).toMatch(
      /userData of main-server-1: does not begin with "#"/,
    );
    expect(problems({ userData: () => `#${'x'.repeat(65_536)}` })).toMatch(/65537 bytes.*at most 65536/);
  });

  it('leaves a name that is too long or wrong to nobody', () => {
    expect(problems({}, 'Main_Cluster')).toMatch(/name: "Main_Cluster" is no valid name/);
  });
});

describe('the table of replacements', () => {
  it('says each property once, where it was read, and claims no confirmation', () => {
    const keys = REPLACEMENTS.map(({ resource, property }) => `${resource}.${property}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { source, verified } of REPLACEMENTS)
      expect([source, verified]).toEqual([
        expect.stringMatching(/^https:.*\/blob\/[0-9a-f]{40}\/.*\.go$/),
        false,
      ]);
  });

  it('knows conditions and paths below a property', () => {
    expect(effectOf('Droplet', 'ipv6', true, false)).toBe('replace');
    expect(effectOf('Droplet', 'ipv6', false, true)).toBe('update');
    expect(effectOf('KubernetesCluster', 'version', '1.34.10-do.0', '1.34.9-do.0')).toBe('replace');
    expect(effectOf('KubernetesCluster', 'version', '1.34.9-do.0', '1.34.10-do.0')).toBe('update');
    expect(effectOf('KubernetesCluster', 'nodePool.size')).toBe('replace');
    expect(effectOf('KubernetesCluster', 'nodePool.nodeCount')).toBe('update');
    expect(effectOf('Firewall', 'inboundRules[0].portRange')).toBe('update');
    expect(effectOf('Droplet', 'size')).toBe('powers off');
    expect(replacing('Volume', ['region'])).not.toContain('size');
  });
});

describe('prices and sizes', () => {
  const slugs = fc.array(fc.constantFrom(...SIZES.sizes.map(({ slug }) => slug)), { maxLength: 8 });

  it('adds every part up, and knows when a price is missing', () => {
    fc.assert(
      fc.property(slugs, fc.nat(500), (machines, gib) => {
        const { monthly, lines, complete } = priceEstimate({ machines, volumes: [gib] });
        const sum = lines.reduce((total, line) => total + (line.monthly ?? 0), 0);
        expect(monthly).toBeCloseTo(sum, 2);
        expect(complete).toBe(lines.every((line) => line.monthly !== undefined));
        const more = priceEstimate({ machines: [...machines, 's-2vcpu-4gb'], volumes: [gib] });
        expect(more.monthly - monthly).toBeCloseTo(24, 2);
      }),
    );
  });

  it('warns of what it does not know, and says what was meant', () => {
    expect(slugWarnings(['s-2vcpu-4gb', 'c-4'], 'fra1')).toEqual([]);
    expect(slugWarnings(['s-2vcpu-4bg'], 'fra')).toEqual([
      expect.stringMatching(/size "s-2vcpu-4bg" is not among .*did you mean "s-2vcpu-4gb"/),
      expect.stringMatching(/region "fra" is not among .*did you mean "fra1"/),
    ]);
  });

  it('asks the API where there is a token, page by page', async () => {
    const simulator = await DigitalOceanSimulator.start();
    try {
      const { token } = simulator.account;
      const table = await sizesFromApi({ token, apiEndpoint: simulator.url, today: '2026-11-21' });
      expect(table.sizes.map(({ slug }) => slug)).toEqual(SIZES.sizes.map(({ slug }) => slug));
      expect(priceEstimate({ machines: ['s-2vcpu-4gb'] }, table)).toMatchObject({
        monthly: 24,
        lines: [{ asOf: '2026-11-21', source: `${simulator.url}/v2/sizes` }],
      });
      expect(slugWarnings(['s-4vcpu-8gb'], 'blr1', table)).toEqual([
        'size "s-4vcpu-8gb" is not to be had in region "blr1"; it is in: ams3, fra1, nyc3',
      ]);
      await expect(sizesFromApi({ token: 'wrong', apiEndpoint: simulator.url })).rejects.toThrow(/401/);
    } finally {
      await simulator.stop();
    }
  });
});

test('a host is named within its zone', () => {
  expect(relativeName('example.com', 'example.com')).toBe('@');
  expect(relativeName('*.lunch.example.com', 'example.com')).toBe('*.lunch');
});

test.each([
  [
    'POST https://x/v2/vpcs: 401 Unable to authenticate you',
    /digitalocean:token.*config set --secret --stack s/,
  ],
  ['422 creating this/these droplet(s) will exceed your droplet limit', /droplets.*higher limit/],
  ['422 Size is not available in this region.', /size.*doctl compute size list/],
  ['Error waiting for droplet (12) to become ready: timeout', /droplet 12.*droplets\/12\/console/],
  [
    "Error waiting for droplet (12) to become ready: couldn't find resource (21 retries)",
    /droplet 12 was lost while it was made; the same command makes a new one/,
  ],
  [
    'Resource provider reported that the resource did not exist while updating urn:pulumi:s::shop::digitalocean:index/droplet:Droplet::main-server-1.',
    /main-server-1 is in the state and gone from the account.*keelson refresh/,
  ],
  ['422 Domain name already exists', /zone.*createZone: false/],
  [
    'Error creating Volume: POST https://api.digitalocean.com/v2/volumes: 409 (request "f0") already exists',
    /name of the volume is taken.*another application.*import --stack s \S+Volume NAME ID.*doctl compute volume list/,
  ],
  [
    'Error creating firewall: POST https://api.digitalocean.com/v2/firewalls: 409 (request "48") duplicate name',
    /name of the firewall is taken.*names of their own/,
  ],
  [
    'POST https://x/v2/vpcs: 422 This range/size overlaps with another VPC network in your account',
    /ipRange overlaps/,
  ],
])('%s: says what to do', (text, expected) => {
  const problem = explainApiFailure(text, 's');
  expect(`${problem?.where} ${problem?.message}`).toMatch(expected);
});

describe('the SDK', () => {
  const SDK = '@pulumi/digitalocean';
  afterEach(() => jest.dontMock(SDK));

  it('is loaded by neither keelson/stacks nor the components until one is made', () => {
    const loaded = jest.fn(() => ({}));
    jest.doMock(SDK, loaded);
    jest.isolateModules(() => {
      require('../../stacks/index.js');
      require('../../stacks/digitalocean/index.js');
    });
    expect(loaded).not.toHaveBeenCalled();
  });

  it('is asked for by name where it is missing', () => {
    jest.doMock(SDK, () => {
      throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
    });
    jest.isolateModules(() => {
      const { digitalocean } = require('../../stacks/digitalocean/sdk.js');
      expect(digitalocean).toThrow(/is not installed; run: npm install @pulumi\/digitalocean/);
    });
  });
});
