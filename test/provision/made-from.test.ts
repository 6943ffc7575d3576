import { madeFrom } from '../../stacks/provision/made-from.js';
import type { StateResource } from '../../stacks/provision/stack-state.js';

const resource = (type: string, name: string, outputs: Record<string, unknown> = {}): StateResource => ({
  urn: `urn:pulumi:main-machines::small::keelson:digitalocean:Cluster$${type}::${name}`,
  type,
  outputs: () => outputs,
});
const DROPLET = 'digitalocean:index/droplet:Droplet';
const machine = (hostname: string) => ({
  hostname,
  role: 'server',
  clusterInit: true,
  serverAddress: 'https://main-api.example.com:6443',
  privateCidr: '10.110.0.0/20',
  address: '203.0.113.10',
});

test('the kubeconfig of a managed cluster is what a refresh found, not what the last up put out', () => {
  const access = { kubeConfigs: [{ rawConfig: 'new' }] };
  const cluster = resource('digitalocean:index/kubernetesCluster:KubernetesCluster', 'main', access);
  expect(madeFrom({ outputs: { kubeconfig: 'ended' }, resources: [cluster] }).kubeconfig).toBe('new');
  expect(madeFrom({ outputs: { kubeconfig: 'first' }, resources: [] }).kubeconfig).toBe('first');
});

test('a machine whose droplet a refresh no longer found is not there', () => {
  const outputs = { machines: [machine('main-server-1'), machine('main-server-2')] };
  const made = madeFrom({ outputs, resources: [resource(DROPLET, 'main-server-2')] });
  expect(made.machines.map(({ hostname }) => hostname)).toEqual(['main-server-2']);
  const none = madeFrom({ outputs, resources: [resource('digitalocean:index/vpc:Vpc', 'main')] });
  expect(none.machines).toEqual([]);
  expect(madeFrom({ outputs, resources: [] }).machines).toHaveLength(2);
});
