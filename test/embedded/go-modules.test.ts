import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ETCD, KUBERNETES, KWOK, PULUMI } from '../../embedded/binaries/go-modules.js';

const goMod = (folder: string): string => readFileSync(resolve(__dirname, '../..', folder, 'go.mod'), 'utf8');

test.each([
  { ...KUBERNETES, module: 'k8s.io/kubernetes' },
  { ...ETCD, module: 'go.etcd.io/etcd/server/v3' },
  { ...KWOK, module: 'sigs.k8s.io/kwok' },
  { ...PULUMI, module: 'github.com/pulumi/pulumi/pkg/v3' },
])('lib/config/versions.ts and go.mod name the same version of $name', ({ name, version, module }) => {
  expect(goMod(`embedded/go/${name}`)).toContain(`${module} ${version}`);
});

/** The modules that a folder's programs are made of, each with its version; a replacement's where there is one. */
function versions(folder: string): Map<string, string> {
  const required = goMod(folder).matchAll(/^\t(\S+) (v\S+)(?: \/\/ indirect)?$/gm);
  const replaced = goMod(folder).matchAll(/^\s+(\S+) => \1 (v\S+)$/gm);
  return new Map([...required, ...replaced].map(([, module = '', version = '']) => [module, version]));
}

test.each(['test/lab/go/local-path', 'test/lab/go/kubernetes', 'test/lab/go/coredns'])(
  'what %s has in common with the control plane is compiled once',
  (folder) => {
    const ours = versions('embedded/go/kubernetes');
    const common = [...versions(folder)].filter(([module]) => ours.has(module));
    expect(common.length).toBeGreaterThan(30);
    expect(common.filter(([module, version]) => version !== ours.get(module))).toEqual([]);
  },
);
