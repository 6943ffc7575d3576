import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildKey } from '../../embedded/binaries/go-build.js';
import { ETCD, KUBERNETES, KWOK, PULUMI } from '../../embedded/binaries/go-modules.js';

const inputs = { goMod: 'module a', goSum: 'sum', goVersion: 'go1.26.8', flags: ['-mod=readonly'] };

test('the same inputs have the same key', () => {
  expect(buildKey({ ...inputs })).toBe(buildKey(inputs));
  expect(buildKey(inputs)).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ['go.mod', { goMod: 'module b' }],
  ['go.sum', { goSum: 'other' }],
  ['Go', { goVersion: 'go1.26.9' }],
  ['flags', { flags: ['-mod=readonly', '-race'] }],
])('another %s has another key', (_what, change) => {
  expect(buildKey({ ...inputs, ...change })).not.toBe(buildKey(inputs));
});

test.each([
  [KUBERNETES, 'k8s.io/kubernetes'],
  [ETCD, 'go.etcd.io/etcd/server/v3'],
  [KWOK, 'sigs.k8s.io/kwok'],
  [PULUMI, 'github.com/pulumi/pulumi/pkg/v3'],
])('$name: go.mod pins the version that is named elsewhere, and its programs', (module, path) => {
  const goMod = readFileSync(join(__dirname, '../../embedded/go', module.name, 'go.mod'), 'utf8');
  expect(goMod).toContain(`\t${path} ${module.version}`);
  for (const binary of module.binaries) expect(goMod).toMatch(new RegExp(`(tool |\\t)${binary.package}\\n`));
});
