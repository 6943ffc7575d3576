import { execFileSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { gunzipSync } from 'fflate';
import { KeelsonError } from '../../lib/config/problem.js';
import { machine } from '../../lib/config/versions.js';
import { machineFiles, nixosFolder } from '../../lib/machine/machine-files.js';
import { parseNode } from '../../lib/machine/node.js';
import { firstState, userData } from '../../lib/machine/user-data.js';
import { filesBelow, ROOT } from '../support/repository.js';
import { bodyOf, FIRST_LINE } from './document.js';
import { evaluated } from './evaluate.js';
import { KEY, MACHINES, SINGLE } from './machines.js';
import { describeWith, temporaryFolders } from './tools.js';

const temporaryFolder = temporaryFolders();
const files = machineFiles();
const options = { bootstrapKey: KEY, files };

test('it begins with the line that makes it a cloud-config, and is small', () => {
  for (const node of Object.values(MACHINES)) {
    const document = userData(node, options);
    expect(document.startsWith(FIRST_LINE)).toBe(true);
    expect(Buffer.byteLength(document)).toBeLessThan(16 * 1024);
    expect([...document].every((character) => character.charCodeAt(0) < 128)).toBe(true);
  }
});

test('the same twice, and no clock or user in it', () => {
  const once = userData(MACHINES.single, options);
  expect(
    userData(parseNode(SINGLE), { ...options, files: Object.fromEntries(Object.entries(files).reverse()) }),
  ).toBe(once);
  const archive = Buffer.from(bodyOf(once).write_files[0]?.content ?? '', 'base64');
  // gzip's header: no name, no time, "best compression", and always the same operating system.
  expect([...archive.subarray(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
});

test('nothing that changes on a living machine changes it', () => {
  const before = userData(MACHINES.single, options);
  const change = fc.record(
    {
      sshKeys: fc.constant([KEY.replace('ada', 'grace')]),
      operatorCidrs: fc.constant(['198.51.100.0/24']),
      tlsSans: fc.constant(['other.example.com']),
      flannelBackend: fc.constant('wireguard-native'),
      disabledComponents: fc.constant(['traefik']),
      nodeLabels: fc.constant({ a: 'b' }),
      registries: fc.constant(MACHINES.first.registries),
      snapshots: fc.constant(MACHINES.first.snapshots),
      dataVolume: fc.constant(MACHINES.first.dataVolume),
      reservations: fc.constant({ memoryMiB: 600 }),
      versions: fc.constant({ nixos: 'nixos-26.11', k3s: 'k3s_1_36' }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    // A comparison, for a failed expectation would print both documents at every step.
    fc.property(change, (changed) => userData(parseNode({ ...SINGLE, ...changed }), options) === before),
    { numRuns: 10 },
  );
});

test('what the machine is for ever changes it', () => {
  const documents = [
    MACHINES.single,
    MACHINES.joining,
    MACHINES.agent,
    parseNode({ ...SINGLE, privateNetwork: { cidr: '10.111.0.0/20' } }),
  ].map((node) => userData(node, options));
  expect(new Set(documents).size).toBe(documents.length);
});

test('the first state lets the bootstrap key in and nobody’s own', () => {
  const state = firstState(MACHINES.first, KEY.replace('ada@example.com', 'bootstrap'));
  expect(state.sshKeys).toEqual([expect.stringMatching(/bootstrap$/)]);
  expect(state).toMatchObject({ hostname: 'main-1', clusterInit: true, snapshots: null, dataVolume: null });
});

test('the pinned script, installer and channel are in it', () => {
  const settings = bodyOf(userData(MACHINES.single, options)).write_files.find(({ path }) =>
    path.endsWith('.env'),
  );
  expect(settings?.content.split('\n')).toEqual([
    `INFECT_URL=https://raw.githubusercontent.com/elitak/nixos-infect/${machine.nixosInfect.commit}/nixos-infect`,
    `INFECT_SHA256=${machine.nixosInfect.sha256}`,
    `INSTALLER_URL=https://releases.nixos.org/nix/nix-${machine.nixInstaller}/install`,
    'INSTALLER_SHA256=',
    `CHANNEL=${machine.nixosChannel}`,
    '',
  ]);
  const installerSha256 = 'b'.repeat(64);
  expect(userData(MACHINES.single, { ...options, installerSha256 })).toContain(
    `INSTALLER_SHA256=${installerSha256}`,
  );
});

test.each<[string, object, RegExp]>([
  ['a checksum with a command', { installerSha256: '$(reboot)' }, /installerSha256: .* is no sha256/],
  ['files of another folder', { files: { 'a.txt': 'b' } }, /read them with machineFiles/],
  ['a configuration.nix', { files: { ...files, 'configuration.nix': '{}' } }, /read them with machineFiles/],
  ['too many files', { files: { ...files, 'x.nix': KEY + noise(20_000) } }, /at most 16384 are allowed/],
])('%s is refused', (_name, change, message) => {
  expect(() => userData(MACHINES.single, { ...options, ...change })).toThrow(message);
  expect(() => userData(MACHINES.single, { ...options, ...change })).toThrow(KeelsonError);
});

test('a private key is never written', () => {
  const bootstrapKey = '-----BEGIN OPENSSH PRIVATE KEY-----';
  expect(() => userData(MACHINES.single, { ...options, bootstrapKey })).toThrow(/is a private key/);
});

/** Text that cannot be compressed, the same at every run. */
function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(33 + (state % 90));
  }).join('');
}

test('an upload has everything of nixos/ that is not for tests, images and people', () => {
  const below = filesBelow('nixos').map((path) => path.slice('nixos/'.length));
  expect(Object.keys(files)).toEqual(
    below
      .filter(
        (path) => !/^(test|images)\/|^(dev-shell\.nix|unresolved\.json|node\.example\.json)$/.test(path),
      )
      .sort(),
  );
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['flake.nix', 'host.nix', 'system.nix', 'scripts/try.sh']),
  );
  expect(nixosFolder()).toBe(join(ROOT, 'nixos'));
});

describeWith('nix-instantiate', 'nix-bin')('without comments', () => {
  test('the tree evaluates to the same machines', () => {
    const archive = gunzipSync(
      Buffer.from(bodyOf(userData(MACHINES.single, options)).write_files[0]?.content ?? '', 'base64'),
    );
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'nixos.tar'), archive);
    execFileSync('tar', ['-xf', 'nixos.tar'], { cwd: folder });
    cpSync(join(nixosFolder(), 'test'), join(folder, 'test'), { recursive: true });
    expect(evaluated(MACHINES, { folder })).toEqual(evaluated(MACHINES));
  });
});
