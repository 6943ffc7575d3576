import { resolve } from 'node:path';
import { parseSettings, readSettings } from '../../stacks/settings.js';
import { mockEngine } from './mock-engine.js';

const parse = (given: Record<string, string>) => parseSettings(given, 'dev');
const environment = { kind: 'environment', environment: 'staging' };

describe('parseSettings', () => {
  it.each([
    [
      { ...environment, kubeconfig: '~/.kube/config', context: 'k3s' },
      {
        kind: 'environment',
        name: 'staging',
        kubeconfig: { file: '~/.kube/config', context: 'k3s' },
        protectData: true,
      },
    ],
    [
      { ...environment, clusterStack: 'org/shop/main' },
      {
        kind: 'environment',
        name: 'staging',
        kubeconfig: { clusterStack: 'org/shop/main' },
        protectData: true,
      },
    ],
    [
      { kind: 'cluster', cluster: 'main', protectData: 'false' },
      { kind: 'cluster', name: 'main', kubeconfig: 'not-there-yet', protectData: false },
    ],
    [
      { ...environment, secrets: '{"a":{"b":"c"}}' },
      { kind: 'environment', name: 'staging', kubeconfig: 'not-there-yet', protectData: true },
    ],
  ])('reads %j', (given, settings) => {
    expect(parse(given)).toEqual(settings);
  });

  it.each([
    [{}, 'kind: is missing; set it with: pulumi config set --stack dev keelson:kind cluster'],
    [
      { kind: 'enviroment', environment: 'x' },
      'kind: "enviroment" was given; did you mean "environment"? allowed: cluster, environment',
    ],
    [
      { kind: 'environment' },
      'environment: is missing; set it with: pulumi config set --stack dev keelson:environment NAME',
    ],
    [{ kind: 'cluster' }, 'cluster: is missing; set it with'],
    [
      { kind: 'cluster', cluster: 'a', environment: 'b' },
      'environment: belongs to a stack of kind "environment"',
    ],
    [
      { kind: 'cluster', cluster: 'a', clusterStack: 'b' },
      'clusterStack: belongs to a stack of kind "environment"',
    ],
    [{ ...environment, kubeconfig: 'f' }, 'context: is missing beside kubeconfig'],
    [{ ...environment, context: 'c' }, 'kubeconfig: is missing beside context'],
    [
      { ...environment, kubeconfig: 'f', context: 'c', clusterStack: 's' },
      'clusterStack: and kubeconfig both say',
    ],
    [{ ...environment, environment: 'Staging!' }, '"Staging!" is no valid name'],
    [{ ...environment, protectData: 'no' }, 'protectData: "no" was given; allowed: true, false'],
    [{ ...environment, kubeconfg: 'f' }, 'kubeconfg: unknown key; did you mean "kubeconfig"?'],
  ])('refuses %j', (given, message) => {
    expect(() => parse(given as Record<string, string>)).toThrow(message);
  });

  it('reports everything at once', () => {
    expect(() => parse({ kid: 'cluster', contxt: 'x', protectData: 'maybe' })).toThrow(/has 4 problems/);
  });
});

test('readSettings takes the running stack’s own namespace of the configuration, and no other', async () => {
  const config = {
    'keelson:kind': 'cluster',
    'keelson:cluster': 'main',
    'other:kind': 'x',
    'project:cluster': 'y',
  };
  const { result } = await mockEngine(readSettings, { config });
  expect(result).toMatchObject({ kind: 'cluster', name: 'main' });
});

test('readSettings begins a relative path in the project’s folder, and leaves others alone', async () => {
  const of = async (kubeconfig: string) => {
    const config = {
      'keelson:kind': 'cluster',
      'keelson:cluster': 'main',
      'keelson:kubeconfig': kubeconfig,
      'keelson:context': 'c',
    };
    return (await mockEngine(() => readSettings('/project'), { config })).result.kubeconfig;
  };
  expect(await of('cluster/config')).toEqual({ file: resolve('/project/cluster/config'), context: 'c' });
  expect(await of('~/.kube/config')).toEqual({ file: '~/.kube/config', context: 'c' });
});
