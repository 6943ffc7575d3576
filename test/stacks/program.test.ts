import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { Synthesis } from '../../lib/synth.js';
import { HelmRelease } from '../../stacks/helm-release.js';
import { KeelsonStack } from '../../stacks/keelson-stack.js';
import main from '../../stacks/main.js';
import { program } from '../../stacks/program.js';
import type { StackSettings } from '../../stacks/settings.js';
import { mockEngine } from './mock-engine.js';
import { deployment, object } from './objects.js';

const labels = { 'app.kubernetes.io/part-of': 'shop' };
const synthesis: Synthesis = {
  application: 'shop',
  stacks: [
    {
      kind: 'cluster',
      name: 'main-cluster',
      cluster: 'main',
      manifests: [{ name: 'namespaces', objects: [object('v1', 'Namespace', 'shop-staging')] }],
      secrets: [],
      urls: [],
    },
    {
      kind: 'environment',
      name: 'staging',
      cluster: 'main',
      manifests: [
        {
          name: 'shop',
          objects: [
            deployment(
              'web',
              'shop-staging',
              { containers: [{ envFrom: [{ secretRef: { name: 'key' } }] }] },
              labels,
            ),
            deployment('api', 'shop-staging', {}, { ...labels, tier: 'back' }),
          ],
        },
      ],
      secrets: [{ name: 'key', namespace: 'shop-staging', keys: ['k'], generate: true }],
      urls: ['https://shop.example.com'],
    },
  ],
};
const environment: StackSettings = { kind: 'environment', name: 'staging', kubeconfig: 'not-there-yet' };
const secrets = { config: { 'keelson:secrets': '{"key":{"k":"v"}}' }, secretKeys: ['keelson:secrets'] };

describe('program', () => {
  it('shows every object of an environment before there is a cluster', async () => {
    const { result, find, objects } = await mockEngine(() => program(synthesis, environment), {
      preview: true,
      ...secrets,
    });
    expect(objects.map(({ name }) => name)).toEqual([
      'shop-staging/Secret/key',
      'shop-staging/Deployment/web',
      'shop-staging/Deployment/api',
    ]);
    expect((find('shop-staging/Deployment/web').options.dependsOn as unknown[]).length).toBe(1);
    expect(result).toEqual({
      application: 'shop',
      urls: ['https://shop.example.com'],
      endpoints: [],
      namespaces: ['shop-staging'],
      objects: 3,
      logs: 'kubectl --namespace shop-staging logs --follow --prefix --all-containers --max-log-requests 50 --selector app.kubernetes.io/part-of=shop',
    });
  });

  it("gives a cluster's kubeconfig on as a secret", async () => {
    const { result } = await mockEngine(
      () => program(synthesis, { kind: 'cluster', name: 'main', kubeconfig: 'not-there-yet' }),
      { preview: true },
    );
    expect(result).toMatchObject({ namespaces: ['shop-staging'], objects: 1 });
    expect(await pulumi.isSecret(result.kubeconfig ?? pulumi.output(''))).toBe(true);
  });

  it('refuses an environment that the application does not have', async () => {
    await expect(mockEngine(() => program(synthesis, { ...environment, name: 'stagin' }))).rejects.toThrow(
      'environment: there is no "stagin"; did you mean "staging"? it has: staging',
    );
  });

  it('registers nothing where secrets are missing', async () => {
    const resources: string[] = [];
    const attempt = mockEngine(() => {
      pulumi.runtime.registerStackTransformation(({ name }) => {
        resources.push(name);
        return undefined;
      });
      return program(synthesis, { ...environment, kubeconfig: { clusterStack: 'org/shop/main' } });
    });
    await expect(attempt).rejects.toThrow('keelson:secrets.key.k: is not set');
    expect(resources).toEqual([]);
  });
});

describe('KeelsonStack', () => {
  it('takes its access from what the same program makes', async () => {
    const content = JSON.stringify({
      'current-context': 'main',
      contexts: [{ name: 'main', context: { cluster: 'main', user: 'admin' } }],
      clusters: [{ name: 'main', cluster: { server: 'https://main.example.com' } }],
      users: [{ name: 'admin', user: { token: 't' } }],
    });
    const { find } = await mockEngine(
      () => new KeelsonStack(synthesis, { ...environment, kubeconfig: { content: pulumi.output(content) } }),
      secrets,
    );
    expect(find('shop-staging/Deployment/web').type).toBe('kubernetes:apps/v1:Deployment');
    expect(find('cluster').inputs).toMatchObject({ kubeconfig: { value: content } });
  });

  it('registers what program does, and lets a chart stand beside it', async () => {
    const settings: StackSettings = { kind: 'cluster', name: 'main', kubeconfig: 'not-there-yet' };
    const plain = await mockEngine(() => program(synthesis, settings), { preview: true });
    const { result, resources, find } = await mockEngine(
      () => {
        const stack = new KeelsonStack(synthesis, settings);
        new HelmRelease(
          'reports',
          {
            repository: 'https://charts.example.com',
            chart: 'reports',
            version: '1.2.3',
            namespace: 'reports',
            values: { replicas: 2 },
          },
          { provider: stack.provider, dependsOn: stack.manifests },
        );
        return stack;
      },
      { preview: true },
    );
    const names = (all: readonly { readonly type: string; readonly name: string }[]) =>
      all.map(({ type, name }) => `${type} ${name}`);
    expect(names(resources)).toEqual([...names(plain.resources), 'kubernetes:helm.sh/v3:Release reports']);
    expect(result.outputs).toMatchObject({ application: 'shop', objects: 1 });
    expect(find('reports').inputs).toEqual({
      name: 'reports',
      chart: 'reports',
      version: '1.2.3',
      namespace: 'reports',
      repositoryOpts: { repo: 'https://charts.example.com' },
      values: { replicas: 2 },
      atomic: true,
    });
  });

  it('says what is wrong without a stack trace', async () => {
    const wrong = mockEngine(() => new KeelsonStack(synthesis, { ...environment, name: 'stagin' }));
    await expect(wrong).rejects.toBeInstanceOf(pulumi.RunError);
    await expect(wrong).rejects.toThrow('there is no "stagin"; did you mean "staging"?');
  });
});

test('the entry of Pulumi.yaml runs the application of its folder as the configuration says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-main-'));
  writeFileSync(join(folder, 'package.json'), '{ "keelson": { "application": "app.js" } }');
  writeFileSync(
    join(folder, 'app.js'),
    `const definition = {
      name: 'shop', domain: 'shop.example.com', contact: 'ops@example.com', images: {}, people: [],
      clusters: { main: { dnsZones: [], acmeServers: {}, trustedProxies: [] } },
      environments: { staging: { cluster: 'main', quota: { cpu: 1, memory: 1024, storage: 1, pods: 9 } } },
      services() {},
    };
    exports.default = { name: 'shop', definition };`,
  );
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(folder);
  const chdir = jest.spyOn(process, 'chdir').mockReturnValue();
  try {
    const config = { 'keelson:kind': 'environment', 'keelson:environment': 'staging' };
    const { result } = await mockEngine(main, { preview: true, config });
    expect(await result).toMatchObject({ application: 'shop', urls: [] });
    const other = await mockEngine(main, { config: { ...config, 'keelson:environment': 'stagin' } });
    await expect(other.result).rejects.toThrow('there is no "stagin"; did you mean "staging"?');
    // What Pulumi shows without a stack trace.
    await expect(other.result).rejects.toBeInstanceOf(pulumi.RunError);
    expect(chdir).toHaveBeenCalledWith(folder);
  } finally {
    cwd.mockRestore();
    chdir.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
