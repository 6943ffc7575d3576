import { messageOf, smallApplication } from '../support/application.js';

const KEY = `ssh-ed25519 ${'A'.repeat(68)} ada@example.com`;
const machines = { region: 'fra1', operatorCidrs: ['203.0.113.7/32'], sshKeys: { ada: KEY } };
const cluster = (main: object) => smallApplication({ clusters: { main } });
const given = (changes: object) => messageOf(() => cluster({ machines: { ...machines, ...changes } }));

test('three lines make a cluster of one server; everything else has its default', () => {
  expect(cluster({ machines }).definition.clusters.main?.machines).toEqual({
    ...machines,
    createZone: true,
    size: 's-2vcpu-4gb',
    servers: 1,
    sharedRegistries: [],
    entry: 'reserved-ip',
    agents: {},
    dataVolume: 20,
    ipRange: '10.110.0.0/20',
  });
});

test('everything that is wrong with machines is said at once, with what was meant', () => {
  const message = messageOf(() =>
    cluster({
      machines: {
        regoin: 'fra1',
        operatorCidrs: ['0.0.0.0/0', 'home'],
        sshKeys: { ada: '-----BEGIN OPENSSH PRIVATE KEY-----' },
        servers: 2,
        entry: 'loadbalancer',
        storageClas: 'local-path',
        apiHost: 'api_1',
        agents: { builds: { sise: 's-4vcpu-8gb' } },
      },
    }),
  );
  for (const line of [
    'clusters.main.machines.regoin: unknown key; did you mean "region"?',
    'clusters.main.machines.region: is missing',
    '0.0.0.0/0" opens SSH to everybody',
    '"home" is no range of addresses',
    'sshKeys.ada: is a private key; give the public one',
    'clusters.main.machines.servers: 2 was given; allowed: 1, 3',
    'clusters.main.machines.entry: "loadbalancer" was given; did you mean "load-balancer"? allowed: reserved-ip, load-balancer',
    'clusters.main.machines.storageClas: unknown key; did you mean "storageClass"?',
    'clusters.main.machines.apiHost: "api_1" is no valid host name',
    'agents.builds.sise: unknown key; did you mean "size"?',
  ])
    expect(message).toContain(line);
  // A private key is not shown again.
  expect(message).not.toContain('BEGIN OPENSSH');
});

test('nobody is locked out by an empty list', () => {
  expect(given({ operatorCidrs: [] })).toContain('operatorCidrs: is empty: nobody could log in');
  expect(given({ sshKeys: {} })).toContain('sshKeys: is empty: nobody could log in');
});

test('several machines need a zone, in which the name of their API is made', () => {
  expect(given({ servers: 3 })).toContain('clusters.main.machines.zone: is missing');
  expect(given({ agents: { builds: {} } })).toContain('clusters.main.machines.zone: is missing');
  expect(() => cluster({ machines: { ...machines, servers: 3, zone: 'example.com' } })).not.toThrow();
});

test('the API has a name in the zone, where its record is made', () => {
  const zone = 'example.com';
  expect(given({ zone, apiHost: 'api.example.org' })).toContain(
    'clusters.main.machines.apiHost: "api.example.org" is not in the zone "example.com", where it would be made; give a name such as "api.example.com"',
  );
  for (const more of [{ zone, apiHost: 'k3s.example.com' }, { apiHost: 'k3s.example.org' }])
    expect(() => cluster({ machines: { ...machines, ...more } })).not.toThrow();
});

test('claims go to one of two classes', () => {
  expect(given({ storageClass: 'longhorn' })).toContain(
    'clusters.main.machines.storageClass: "longhorn" was given; allowed: local-path, do-block-storage',
  );
});

test('a registry has to know the other machines that pull from it', () => {
  const several = { ...machines, zone: 'example.com', agents: { builds: {} } };
  expect(messageOf(() => cluster({ machines: several, registry: {} }))).toContain(
    "registry.nodeCidrs: is missing: 2 machines pull from the registry, and only the one that it runs on may reach it; give the first address of each one's range of pods, ['10.42.0.0/32', '10.42.1.0/32'] in a new cluster",
  );
  const registry = { nodeCidrs: ['10.42.0.0/32', '10.42.1.0/32'] };
  expect(() => cluster({ machines: several, registry })).not.toThrow();
  expect(() => cluster({ machines, registry: {} })).not.toThrow();
});

test('a managed cluster is no second one beside machines, and has nothing of k3s', () => {
  const managed = { region: 'fra1', version: '1.34.1-do.0' };
  expect(messageOf(() => cluster({ machines, managed, ingress: 'none' }))).toContain(
    'clusters.main.managed: and machines are two ways to have a cluster',
  );
  expect(messageOf(() => cluster({ managed }))).toContain("set ingress: 'none'");
  expect(cluster({ managed, ingress: 'none' }).definition.clusters.main?.managed).toMatchObject({
    nodes: { size: 's-2vcpu-4gb', count: 2 },
  });
});

test('a backup has recipients, and they are public keys of a cluster of machines', () => {
  const AGE = `age1${'q'.repeat(58)}`;
  const backups = (recipients: readonly string[]) =>
    messageOf(() => cluster({ machines, backups: { recipients } }));
  expect(
    cluster({ machines, backups: { recipients: [AGE, KEY] } }).definition.clusters.main?.backups,
  ).toEqual({
    recipients: [AGE, KEY],
    keep: 14,
  });
  expect(backups([])).toContain(
    'clusters.main.backups.recipients: is empty: a backup is not written in plain',
  );
  expect(backups(['ada'])).toContain('"ada" is no recipient of age');
  for (const key of ['AGE-SECRET-KEY-1HIDDEN', '-----BEGIN OPENSSH PRIVATE KEY-----HIDDEN']) {
    expect(backups([key])).toContain('is a private key; give the public one');
    expect(backups([key])).not.toContain('HIDDEN');
  }
  expect(messageOf(() => cluster({ backups: { recipients: [AGE] } }))).toContain(
    'clusters.main.backups: are of machines, over SSH, and this cluster has none',
  );
});
