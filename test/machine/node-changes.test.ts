import { type NodeSettings, parseNode } from '../../lib/machine/node.js';
import { nodeChanges } from '../../lib/machine/node-changes.js';
import { KEY, SINGLE } from '../nixos/machines.js';

const BEN = KEY.replace(/ada@.*/, 'ben@example.com').replace('T9mV', 'T9mW');
const node = (more: object = {}): NodeSettings => parseNode({ ...SINGLE, ...more });
const changed = (more: object, from: object = {}): string[] =>
  nodeChanges({ ...node(from) }, { ...node(more) });

test('the same configuration has no changes', () => {
  expect(changed({})).toEqual([]);
});

test('each key that differs is a line, with what it was and what it is to be', () => {
  expect(changed({ versions: { k3s: 'k3s_1_35' } }, { versions: { k3s: 'k3s_1_34' } })).toEqual([
    'versions.k3s: k3s_1_34 → k3s_1_35',
  ]);
  const volume = { device: '/dev/disk/by-id/scsi-0DO_Volume_main-data' };
  expect(changed({ dataVolume: volume })).toEqual([
    'dataVolume: none → {"device":"/dev/disk/by-id/scsi-0DO_Volume_main-data","mountPoint":"/data"}',
  ]);
  expect(changed({ reservations: { memoryMiB: 2048 } })).toEqual(['reservations.memoryMiB: 1024 → 2048']);
});

test('of lists it says what comes and what goes, of keys by whom they are', () => {
  expect(changed({ sshKeys: [KEY, BEN] })).toEqual(['sshKeys: + ben@example.com']);
  expect(changed({ sshKeys: [BEN] })).toEqual(['sshKeys: - ada@example.com, + ben@example.com']);
  expect(changed({ sshKeys: [BEN, KEY] }, { sshKeys: [KEY, BEN] })).toEqual(['sshKeys: in another order']);
  const nameless = BEN.replace(/ ben@.*/, '');
  expect(changed({ sshKeys: [KEY, nameless] })).toEqual([`sshKeys: + key …${nameless.slice(-12)}`]);
});

test('a key that another release of Keelson brings or drops is one too', () => {
  const before = { ...node(), former: true };
  expect(nodeChanges(before, { ...node(), next: 1 })).toEqual(['former: true → none', 'next: none → 1']);
});
