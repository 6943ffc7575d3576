import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterArgs, Consequence } from '../../stacks/digitalocean/index.js';
import { ROOT } from '../support/repository.js';
import { SecretWatch } from '../support/secret-watch.js';
import { CloudBed, type CloudStack, type Outcome } from './digitalocean-bed.js';
import { type Edit, editsPage } from './digitalocean-edits-page.js';
import { clusterProgram, KUBE_TOKEN, publicKey, SMALL } from './digitalocean-program.js';

/*
 * The cluster stack with the real engine, against the simulated cloud: one life from nothing to nothing. The page of
 * what an edit does is written down from it; `KEELSON_WRITE_PAGES=1` writes it anew.
 */
const PAGE = join(ROOT, 'docs/reference/what-an-edit-does.md');

let bed: CloudBed;
let cloud: CloudStack;
let watch: SecretWatch;
/** What the arguments have become by the edits so far. */
let args: Partial<ClusterArgs> = {};
const drained: string[] = [];
const edits: Edit[] = [];

const program = (more: Partial<ClusterArgs> = {}) =>
  clusterProgram({ ...args, ...more }, (machine) => void drained.push(machine));

const names = ({ steps }: Outcome, op: string): string[] =>
  steps
    .filter((step) => step.op === op)
    .map(({ resource }) => resource)
    .sort();

/** Applies an edit and writes it down. */
async function edit(
  what: string,
  code: string,
  change: Partial<ClusterArgs>,
  consequences: readonly Consequence[] = [],
): Promise<Outcome> {
  const outcome = await cloud.up(program(change));
  args = { ...args, ...change };
  expect(outcome.steps.filter(({ op }) => op.includes('replace'))).toEqual([]);
  edits.push({ what, code, outcome, consequences });
  return outcome;
}

/** An edit that a preview does not take. */
async function refused(what: string, code: string, change: Partial<ClusterArgs>, reason: RegExp) {
  await expect(cloud.preview(program(change))).rejects.toThrow(reason);
  edits.push({ what, code, refused: true });
}

/** Everything that is in the account. */
const cloudNow = (): string => JSON.stringify(bed.account.everything());

const droplet = (name: string) => bed.account.list('droplets').find((found) => found.name === name);

beforeAll(async () => {
  bed = await CloudBed.start();
  bed.account.add('registries', 'example', { name: 'example' });
  bed.account.add('databases', 'kafka-1', { id: 'kafka-1' });
  cloud = await bed.stack('main');
  watch = SecretWatch.start();
});
afterAll(() => {
  watch?.end();
  return bed?.stop();
});

test('a preview of nothing yet shows every resource and what it costs', async () => {
  const { changes, messages } = await cloud.preview(program());
  expect(changes).toEqual({ create: 32 });
  expect(messages.join('\n')).toContain(
    'About 49 USD a month: 1 droplet s-2vcpu-4gb 24, 1 droplet s-2vcpu-2gb 18, 20 GiB of volumes 2, Spaces 5',
  );
  expect(bed.simulator.answered).toEqual([]);
});

test('the first run makes an empty account into a cluster', async () => {
  const outcome = await cloud.up(program());
  edits.push({ what: 'Nothing yet', code: '', outcome, consequences: [] });
  expect(outcome.changes).toEqual({ create: 32 });
  const server = droplet('main-server-1');
  expect(server).toMatchObject({
    status: 'active',
    features: ['private_networking', 'ipv6'],
    tags: ['keelson-main'],
    size_slug: 's-2vcpu-4gb',
    vpc_uuid: bed.account.list('vpcs')[0]?.id,
  });
  expect(bed.account.list('reserved_ips')).toMatchObject([{ droplet: { id: server?.id } }]);
  expect(bed.account.list('volumes')).toMatchObject([{ name: 'main-data', droplet_ids: [server?.id] }]);
  const [address] = bed.account.list('reserved_ips').map(({ ip }) => ip);
  expect(bed.account.list('records of example.com')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ type: 'A', name: 'lunch', data: address }),
      expect.objectContaining({ type: 'A', name: '*.lunch', data: address }),
      expect.objectContaining({ type: 'A', name: 'main-api', data: expect.stringMatching(/^10\.110\./) }),
    ]),
  );
  const outputs = await cloud.outputs();
  expect(outputs.address?.value).toBe(address);
  expect(outputs.storageClass?.value).toBe('do-block-storage');
  expect(outputs.kubeconfig).toMatchObject({ secret: true });
});

test('the firewall is there before the first machine, and lets in what it says', async () => {
  const posts = bed.simulator.answered.filter(({ method }) => method === 'POST').map(({ path }) => path);
  expect(posts.indexOf('/v2/firewalls')).toBeLessThan(posts.indexOf('/v2/droplets'));
  const [firewall] = bed.account.list('firewalls');
  const rules = firewall?.inbound_rules as { ports?: string; sources: Record<string, string[]> }[];
  const open = rules.filter(({ sources }) => sources.addresses?.includes('0.0.0.0/0'));
  expect(open.map(({ ports }) => ports)).toEqual(['80', '443']);
  expect(rules.find(({ ports }) => ports === '22')?.sources).toEqual({ addresses: ['203.0.113.7/32'] });
  expect(rules.find(({ ports }) => ports === '6443')?.sources).toEqual({ tags: ['keelson-main'] });
});

test('every credential allows one thing', async () => {
  const keys = bed.account.list('spaces_keys').map(({ name, grants }) => [name, grants]);
  expect(keys).toContainEqual([
    'main-snapshots',
    [{ bucket: 'example-main-snapshots', permission: 'readwrite' }],
  ]);
  const outputs = await cloud.outputs();
  const { auths } = JSON.parse(outputs.pull?.value);
  expect(Buffer.from(auths['registry.digitalocean.com'].auth, 'base64').toString()).toMatch(
    /:read-31536000-/,
  );
  expect(bed.account.list('users of kafka-1')).toMatchObject([
    { name: 'orders', settings: { acl: [{ topic: 'orders', permission: 'produce' }] } },
  ]);
});

test('the second run changes nothing, and a refresh finds nothing', async () => {
  expect((await cloud.up(program())).changes).toEqual({ same: 32 });
  expect((await cloud.refresh(program())).changes).toEqual({ same: 32 });
});

test("a colleague's key is one new key and touches no machine", async () => {
  const sshKeys = { ...SMALL.sshKeys, ben: publicKey('ben') };
  const outcome = await edit('Add a colleague’s key', "sshKeys: { …, ben: 'ssh-ed25519 …' }", { sshKeys });
  expect(outcome.changes).toEqual({ create: 1, same: 32 });
});

test('other user data: living machines take no notice', async () => {
  const userData: ClusterArgs['userData'] = ({ hostname }) => `#cloud-config\n# another ${hostname}\n`;
  const { changes } = await edit('Change the user data', 'userData: …', { userData });
  expect(changes).toEqual({ same: 33 });
});

test("the operators' address is one update of the firewall", async () => {
  const operatorCidrs = ['198.51.100.4/32'];
  const outcome = await edit('Move the operators', "operatorCidrs: ['198.51.100.4/32']", { operatorCidrs });
  expect(outcome.steps).toEqual([{ op: 'update', resource: 'Firewall main' }]);
});

test('a size powers its machine off; the preview says so, and the machine remains', async () => {
  const id = droplet('main-server-1')?.id;
  const change = { size: 's-4vcpu-8gb' };
  const preview = await cloud.preview(program(change));
  expect(preview.steps).toEqual([{ op: 'update', resource: 'Droplet main-server-1' }]);
  expect(preview.consequences).toEqual([
    {
      resource: 'Droplet main-server-1',
      message: expect.stringMatching(/^size s-2vcpu-4gb → s-4vcpu-8gb: the machine is powered off/),
    },
  ]);
  const what = 'Give the servers another size';
  const outcome = await edit(what, "size: 's-4vcpu-8gb'", change, preview.consequences);
  expect(outcome.steps).toEqual(preview.steps);
  expect(droplet('main-server-1')).toMatchObject({
    id,
    status: 'active',
    size_slug: 's-4vcpu-8gb',
    disk: 80,
  });
});

test('a data volume grows, and never shrinks', async () => {
  const outcome = await edit('Enlarge the data volume', 'dataVolume: 40', { dataVolume: 40 });
  expect(outcome.steps).toEqual([{ op: 'update', resource: 'Volume main-data' }]);
  await refused(
    'Shrink the data volume',
    'dataVolume: 10',
    { dataVolume: 10 },
    /only be expanded and not shrunk/,
  );
});

test('another environment is two records', async () => {
  const outcome = await edit('Carry another environment', "domains: […, 'staging.example.com']", {
    domains: ['lunch.example.com', 'staging.example.com'],
  });
  expect(names(outcome, 'create')).toEqual([
    'DnsRecord *.staging.example.com/A',
    'DnsRecord staging.example.com/A',
  ]);
});

test('one server becomes three; the first is as it was', async () => {
  const outcome = await edit('Grow from one server to three', 'servers: 3', { servers: 3 });
  expect(names(outcome, 'create')).toEqual([
    'DnsRecord main-api.example.com/A/main-server-2',
    'DnsRecord main-api.example.com/A/main-server-3',
    'Droplet main-server-2',
    'Droplet main-server-3',
  ]);
  expect(names(outcome, 'update')).toEqual([]);
  const api = bed.account.list('records of example.com').filter(({ name }) => name === 'main-api');
  expect(new Set(api.map(({ data }) => data)).size).toBe(3);
});

test('an agent is drained, then deleted', async () => {
  const outcome = await edit('Remove an agent', 'agents: {}', { agents: {} });
  expect(outcome.steps).toEqual([{ op: 'delete', resource: 'Droplet main-builds' }]);
  expect(drained).toEqual(['main-builds']);
  expect(droplet('main-builds')).toBeUndefined();
});

test('what would replace or delete a machine with data is refused, and no run gets round it', async () => {
  const before = cloudNow();
  const isProtected = /protect/;
  await refused('Move to another region', "region: 'ams3'", { region: 'ams3' }, isProtected);
  await refused('Take servers away', 'servers: 1', { servers: 1 }, isProtected);
  await refused(
    'Put a load balancer in front',
    "entry: 'load-balancer'",
    { entry: 'load-balancer' },
    isProtected,
  );
  await expect(cloud.up(program({ region: 'ams3' }))).rejects.toThrow(isProtected);
  expect(cloudNow()).toBe(before);
});

test('what is secret is nowhere in clear: not in state, settings, events, arguments or temporary files', async () => {
  const outputs = await cloud.outputs();
  const secrets = [
    KUBE_TOKEN,
    bed.account.token,
    outputs.password?.value,
    outputs.snapshotKey?.value,
    ...bed.account.list('spaces_keys').map(({ secret_key: key }) => key),
    JSON.parse(outputs.pull?.value).auths['registry.digitalocean.com'].auth,
  ].map(String);
  for (const secret of secrets) expect(secret.length).toBeGreaterThan(10);
  cloud.expectHidden(secrets, watch);
});

test('destroy is refused while anything is protected, and then leaves nothing', async () => {
  const before = cloudNow();
  await expect(cloud.destroyPreview(program())).rejects.toThrow(/protect/);
  // Machines are drained by the program, so the engine wants it there.
  await expect(cloud.stack.destroy()).rejects.toThrow(/--run-program/);
  expect(cloudNow()).toBe(before);
  await edit('Give protection up', 'protect: false', { protect: false });
  const outcome = await cloud.destroy(program());
  expect(outcome.changes.delete).toBeGreaterThan(30);
  const { registries, databases, actions, ...left } = bed.account.everything();
  expect(Object.values(left).flat()).toEqual([]);
  expect(drained.slice(1).sort()).toEqual(['main-server-1', 'main-server-2', 'main-server-3']);
});

test('the page of what an edit does is what this run gave', () => {
  const page = editsPage(edits);
  if (process.env.KEELSON_WRITE_PAGES === '1') writeFileSync(PAGE, page);
  expect(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '').toBe(page);
});
