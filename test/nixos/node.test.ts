import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { KeelsonError } from '../../lib/config/problem.js';
import { kubernetesVersion, machine } from '../../lib/config/versions.js';
import { overlap } from '../../lib/machine/network.js';
import { nodeJson, parseNode } from '../../lib/machine/node.js';
import { parseUnresolved, unresolvedProblems } from '../../lib/machine/unresolved.js';
import { ROOT } from '../support/repository.js';
import { MACHINES, SINGLE } from './machines.js';

function problemsOf(input: unknown): string[] {
  try {
    parseNode(input);
    return [];
  } catch (error) {
    if (!(error instanceof KeelsonError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  }
}

test('every default is written out, so that Nix needs none', () => {
  const written = JSON.parse(nodeJson(parseNode(SINGLE)));
  expect(parseNode(written)).toEqual(written);
  expect(written).toMatchObject({
    clusterInit: true,
    serverAddress: null,
    reservations: { cpuMillis: 200, memoryMiB: 1024 },
    versions: { nixos: machine.nixosChannel, k3s: machine.k3s },
  });
  expect(MACHINES.agent.reservations).toEqual({ cpuMillis: 100, memoryMiB: 300 });
});

test('a part of the reservations may be given', () => {
  expect(parseNode({ ...SINGLE, reservations: { memoryMiB: 700 } }).reservations).toEqual({
    cpuMillis: 200,
    memoryMiB: 700,
  });
});

test('all mistakes are told at once, with what was meant', () => {
  const { operatorCidrs: _, ...rest } = SINGLE;
  expect(
    problemsOf({
      ...rest,
      hostnme: 'x',
      privateNetwork: { cidr: '10.110.0.0', interfce: 'eth1' },
      sshKeys: [],
    }),
  ).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^hostnme: unknown key; did you mean "hostname"/),
      expect.stringMatching(/^privateNetwork\.interfce: unknown key; did you mean "interface"/),
      expect.stringMatching(/^privateNetwork\.cidr: "10\.110\.0\.0" is no range of addresses/),
      expect.stringMatching(/^operatorCidrs: is missing/),
      expect.stringMatching(/^sshKeys: is empty/),
    ]),
  );
});

test.each<[string, object, RegExp]>([
  ['a private key', { sshKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----\nabc'] }, /is a private key/],
  ['a key over two lines', { sshKeys: ['ssh-ed25519 AAAA a\nssh-ed25519 AAAA b'] }, /is no public key/],
  ['an agent alone', { role: 'agent' }, /^serverAddress: is missing: an agent joins one/],
  ['a server that neither begins nor joins', { clusterInit: false }, /^serverAddress: is missing/],
  [
    'both begin and join',
    { clusterInit: true, serverAddress: 'https://api.example.com:6443' },
    /contradict each other/,
  ],
  ['an address without a port', { serverAddress: 'https://api.example.com' }, /is no address of an API/],
  ['a VPC over the pods', { privateNetwork: { cidr: '10.42.7.0/24' } }, /overlaps with the cluster's pods/],
  [
    'a VPC over the services',
    { privateNetwork: { cidr: '10.43.7.0/24' } },
    /overlaps with the cluster's services/,
  ],
  [
    'credentials',
    { registries: { configs: { r: { tls: { ca_file: '/ca.pem' }, auth: { password: 'x' } } } } },
    /^registries\.configs\.r\.auth: unknown key/,
  ],
  ['a device by its letter', { dataVolume: { device: '/dev/sda' } }, /which survives reboots/],
  ['a misspelt component', { disabledComponents: ['treafik'] }, /^disabledComponents\.0: /],
])('%s is refused', (_name, change, message) => {
  expect(problemsOf({ ...SINGLE, ...change })).toEqual([expect.stringMatching(message)]);
});

test('ranges overlap exactly where they have an address in common', () => {
  const range = fc.tuple(fc.nat(255), fc.integer({ min: 24, max: 32 })).map(([last, prefix]) => ({
    cidr: `10.0.0.${last}/${prefix}`,
    addresses: Array.from({ length: 2 ** (32 - prefix) }, (_, index) => {
      const size = 2 ** (32 - prefix);
      return Math.floor(last / size) * size + index;
    }),
  }));
  fc.assert(
    fc.property(range, range, (one, other) => {
      const common = one.addresses.some((address) => other.addresses.includes(address));
      expect(overlap(one.cidr, other.cidr)).toBe(common);
    }),
  );
});

test('k3s is the minor that objects are checked against, or one ahead of it', () => {
  const minorOf = (text: string) => Number(/1[._](\d+)/.exec(text)?.[1]);
  expect([0, 1]).toContain(minorOf(machine.k3s) - minorOf(kubernetesVersion));
});

describe('what could not be computed', () => {
  const list = parseUnresolved(readFileSync(join(ROOT, 'nixos/unresolved.json'), 'utf8'));
  const lock = JSON.stringify({ nodes: { nixpkgs: { locked: { narHash: 'sha256-…' } } } });

  test('is named, each with the command that resolves it', () => {
    expect(unresolvedProblems(list, { files: {} }, './nixos')).toEqual([
      {
        where: 'flake.lock',
        message: expect.stringMatching(
          /; run: nix --extra-experimental-features 'nix-command flakes' flake lock \.\/nixos$/,
        ),
      },
      {
        where: 'installerSha256',
        message: expect.stringContaining(`/nix-${machine.nixInstaller}/install | sha256sum`),
      },
    ]);
  });

  test('is resolved by what Nix writes, not by an empty file', () => {
    const installerSha256 = 'a'.repeat(64);
    expect(unresolvedProblems(list, { files: { 'flake.lock': lock }, installerSha256 }, '.')).toEqual([]);
    for (const content of ['', '{}', 'null', '{"nodes":{}}'])
      expect(
        unresolvedProblems(list, { files: { 'flake.lock': content }, installerSha256 }, '.'),
      ).toHaveLength(1);
    expect(
      unresolvedProblems(list, { files: { 'flake.lock': lock }, installerSha256: 'abc' }, '.'),
    ).toHaveLength(1);
  });
});
