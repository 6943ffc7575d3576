import { clustersToMake } from '../../stacks/provision/cluster-to-make.js';
import { configurationChanges, configurationsOf } from '../../stacks/provision/configurations.js';
import { type Made, newKeys } from '../../stacks/provision/made-machines.js';
import { messageOf, smallApplication } from '../support/application.js';
import { ADA, FIRST_SERVER } from './first-server.js';

const BEN = ADA.replace(/ada@.*/, 'ben@example.com').replace('T9mV', 'T9mW');
const keys = newKeys('main', () => 'a-token-that-nobody-sees');
const files = { 'system.nix': '{ }' };
const machine = { ...FIRST_SERVER, address: '203.0.113.10' };

function clusterOf(more: object = {}) {
  const machines = { region: 'fra1', operatorCidrs: ['203.0.113.7/32'], sshKeys: { ada: ADA }, ...more };
  const [main] = clustersToMake(smallApplication({ clusters: { main: { machines } } }).definition, ['main']);
  if (main === undefined) throw new Error('there is no cluster to make');
  return main;
}

/** What the state has of a machine that an up configured. */
function upped(more: object = {}, tree: Readonly<Record<string, string>> = files): Made {
  const made: Made = { keys, machines: [machine], hostKeys: {}, configured: {} };
  return { ...made, configured: configurationsOf(clusterOf(more), made, { files: tree }) };
}

const previewed = (made: Made, more: object = {}): string[] =>
  configurationChanges(clusterOf(more), made, { files });

test('nothing is said of machines that are what the application says', () => {
  expect(previewed(upped())).toEqual([]);
});

test('a colleague’s key, files and a machine that was never configured are said by machine', () => {
  expect(previewed(upped(), { sshKeys: { ada: ADA, ben: BEN } })).toEqual([
    'main-server-1: sshKeys: + ben@example.com',
  ]);
  expect(previewed(upped({}, { 'system.nix': '{ old = true; }' }))).toEqual([
    'main-server-1: nixos/: other files, of Keelson or your flake.lock',
  ]);
  expect(previewed({ ...upped(), configured: {} })).toEqual([
    'main-server-1: is configured for the first time',
  ]);
});

test('a step of k3s is said with what it breaks; one that the up would refuse is refused', () => {
  const lines = previewed(upped({ k3s: 'k3s_1_33' }), { k3s: 'k3s_1_34' });
  expect(lines[0]).toBe('main-server-1: versions.k3s: k3s_1_33 → k3s_1_34');
  expect(lines[1]).toContain('main-server-1: k3s_1_33 → k3s_1_34: etcd becomes 3.6');
  expect(messageOf(() => previewed(upped({ k3s: 'k3s_1_33' }), { k3s: 'k3s_1_35' }))).toMatch(
    /main-server-1: skips minors.*the next is "k3s_1_34"/,
  );
});

test('no secret is in what the state keeps of it, or in a line', () => {
  const made = upped();
  const { formerKeys: _, ...rotated } = { ...made, keys: newKeys('main', () => 'another-token') };
  const text = JSON.stringify([made.configured, previewed(rotated)]);
  expect(text).toContain('keelson-main');
  for (const secret of [keys.token, 'another-token', keys.privateKey.split('\n')[1] ?? ''])
    expect(text).not.toContain(secret);
});
