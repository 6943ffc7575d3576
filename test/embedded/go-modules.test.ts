import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ETCD, KUBERNETES, KWOK, PULUMI } from '../../embedded/binaries/go-modules.js';

test.each([
  [KUBERNETES, 'k8s.io/kubernetes'],
  [ETCD, 'go.etcd.io/etcd/server/v3'],
  [KWOK, 'sigs.k8s.io/kwok'],
  [PULUMI, 'github.com/pulumi/pulumi/pkg/v3'],
])('lib/config/versions.ts and go.mod name the same version of $name', ({ name, version }, module) => {
  const goMod = readFileSync(resolve(__dirname, '../../embedded/go', name, 'go.mod'), 'utf8');
  expect(goMod).toContain(`${module} ${version}`);
});
