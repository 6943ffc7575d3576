import { chooseTarget } from '../../cli/target.js';
import { explainFailure } from '../../stacks/engine-failure.js';
import { endsSoon, forwardPort } from '../../stacks/provision/cluster-access.js';
import { clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import { nodeOf, secretsOf } from '../../stacks/provision/node-of.js';
import { newSshKeyPair } from '../../stacks/provision/ssh-key-pair.js';
import { userDataOf } from '../../stacks/provision/user-data-of.js';
import { protectedProblem } from '../../stacks/refused-objects.js';
import { isCounted } from '../../stacks/resource-name.js';
import { messageOf, smallApplication } from '../support/application.js';
import { FIRST_SERVER } from './first-server.js';

const { publicKey } = newSshKeyPair('keelson-main');
const ada = newSshKeyPair('ada').publicKey;
const machines = { region: 'fra1', operatorCidrs: ['203.0.113.7/32'], sshKeys: { ada } };
const application = smallApplication({
  clusters: { main: { machines, registry: { host: 'registry.example.com' } }, other: {} },
  environments: {
    staging: { cluster: 'main' },
    production: { cluster: 'main', domain: 'small.example.com' },
    elsewhere: { cluster: 'other' },
  },
});
const [main] = clustersToMake(application.definition, ['main', 'other']);
if (main === undefined) throw new Error('there is no cluster to make');

test('a cluster answers for the hosts of its environments and of its registry', () => {
  expect(clustersToMake(application.definition, ['other'])).toEqual([]);
  expect(main.domains).toEqual(['staging.small.example.com', 'small.example.com', 'registry.example.com']);
});

test('the machines’ own key comes first, and only those who join are told where', () => {
  const first = nodeOf(main, FIRST_SERVER, { publicKey });
  expect(first).toMatchObject({ sshKeys: [publicKey, ada], serverAddress: null, clusterInit: true });
  expect(first.tlsSans).toEqual(['main-api.example.com']);
  expect(first.registries.mirrors).toHaveProperty(['registry.example.com']);
  const agent = nodeOf(main, { ...FIRST_SERVER, role: 'agent', clusterInit: false }, { publicKey });
  expect(agent).toMatchObject({ serverAddress: FIRST_SERVER.serverAddress, tlsSans: [], clusterInit: false });
});

test('machines share images of the registries that the application names', () => {
  const mirrors = (sharedRegistries: string[]) => {
    const given = { ...machines, sharedRegistries };
    const { definition } = smallApplication({ clusters: { main: { machines: given } } });
    const [cluster] = clustersToMake(definition, ['main']);
    if (cluster === undefined) throw new Error('there is no cluster to make');
    return nodeOf(cluster, FIRST_SERVER, { publicKey }).registries.mirrors;
  };
  expect(mirrors([])).toEqual({});
  expect(mirrors(['docker.io', 'quay.io:443'])).toEqual({ 'docker.io': {}, 'quay.io:443': {} });
  expect(messageOf(() => mirrors(['https://docker.io']))).toContain(
    'machines.sharedRegistries.0: "https://docker.io" is no registry such as "docker.io", nor "*" for every one',
  );
});

test('a step of k3s between those of two releases can be named, and user data takes no notice', () => {
  const at = (k3s?: string) => {
    const step = smallApplication({ clusters: { main: { machines: { ...machines, ...(k3s && { k3s }) } } } });
    const [cluster] = clustersToMake(step.definition, ['main']);
    if (cluster === undefined) throw new Error('there is no cluster to make');
    return cluster;
  };
  expect(nodeOf(at('k3s_1_33'), FIRST_SERVER, { publicKey }).versions.k3s).toBe('k3s_1_33');
  expect(nodeOf(at(), FIRST_SERVER, { publicKey }).versions.k3s).toMatch(/^k3s_1_/);
  expect(userDataOf(at('k3s_1_33'))).toEqual(userDataOf(at()));
  expect(messageOf(() => at('1.33'))).toContain('machines.k3s: is no package such as "k3s_1_35"');
});

test('the machines know the class of claims and the API’s name that the application says', () => {
  const node = (more: object) => {
    const given = { ...machines, zone: 'example.com', ...more };
    const [cluster] = clustersToMake(
      smallApplication({ clusters: { main: { machines: given } } }).definition,
      ['main'],
    );
    if (cluster === undefined) throw new Error('there is no cluster to make');
    return nodeOf(cluster, FIRST_SERVER, { publicKey });
  };
  expect(node({}).storageClass).toBe('local-path');
  expect(node({ servers: 3 }).storageClass).toBe('do-block-storage');
  expect(node({ servers: 3, storageClass: 'local-path' }).storageClass).toBe('local-path');
});

test('an agent never has the servers’ token', () => {
  const keys = { publicKey, privateKey: 'p', token: 'server', agentToken: 'agent' };
  expect(secretsOf({ role: 'agent' }, keys)).toEqual({ token: 'agent' });
  expect(secretsOf({ role: 'server' }, keys)).toEqual({ token: 'server', agentToken: 'agent' });
});

test('the forward’s port is the cluster’s for ever', () => {
  expect(forwardPort('lunch', 'main')).toBe(forwardPort('lunch', 'main'));
  expect(forwardPort('lunch', 'main')).not.toBe(forwardPort('lunch', 'other'));
  for (const name of ['a', 'b', 'c']) expect(Math.floor(forwardPort(name, 'main') / 10_000)).toBe(2);
});

test('a kubeconfig without a client certificate has none that ends', () => {
  const kubeconfig = JSON.stringify({ users: [{ user: {} }], clusters: [] });
  expect(() => endsSoon(kubeconfig)).not.toThrow();
});

test('environments on clusters that Keelson makes need no settings; mixed ones are refused', () => {
  expect(chooseTarget({ env: ['staging'] }, () => false, 'all')).toEqual({ kind: 'machines' });
  expect(chooseTarget({ env: ['staging'], embedded: true }, () => false, 'all')).toEqual({
    kind: 'embedded',
  });
  expect(chooseTarget({}, () => true, 'all')).toEqual({ kind: 'embedded' });
  expect(messageOf(() => chooseTarget({ env: ['a', 'b'] }, () => true, 'some'))).toContain(
    'name them in commands of their own',
  );
});

test('user data is one document a machine, with the key that is given', () => {
  const texts = userDataOf(main, publicKey);
  expect(Object.keys(texts)).toEqual(['server-1']);
  expect(texts['server-1']).toMatch(/^#cloud-config\n/);
  expect(texts['server-1']).toContain(publicKey);
  expect(texts['server-1']).not.toContain(ada);
});

test('what DigitalOcean refuses is told with its mend; a droplet is named as such', () => {
  const refused = explainFailure({
    stack: 'main-machines',
    text: 'POST https://api.digitalocean.com/v2/droplets: 401 (request "x") Unable to authenticate you',
    diagnostics: [],
    cancelled: false,
  });
  expect(refused).toMatchObject({ fault: 'cloud', problems: [{ where: 'digitalocean:token' }] });
  const urn = 'urn:pulumi:main-machines::lunch::a:b:C$digitalocean:index/droplet:Droplet::main-server-1';
  expect(protectedProblem(urn, 'main-machines').where).toBe('Droplet main-server-1');
  expect(isCounted(urn)).toBe(true);
  expect(isCounted('urn:pulumi:s::p::pulumi:providers:digitalocean::default')).toBe(false);
});
