import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { installedPlugin } from '../../embedded/installed-plugin.js';
import { text } from '../../embedded/kubernetes-provider/property-values.js';
import { pulumi as versions } from '../../lib/config/versions.js';
import { destroyStack, upStack } from '../../stacks/deploy.js';
import type { DeployOptions } from '../../stacks/deploy-options.js';
import { HelmRelease } from '../../stacks/helm-release.js';
import { KeelsonStack } from '../../stacks/keelson-stack.js';
import { filesWith } from '../support/secret-bytes.js';
import { maps, StackBed } from './stack-bed.js';

/*
 * What Pulumi's own plugin and Helm make of a HelmRelease, on the real API server; Keelson's stand-in has no Helm.
 */
const plugin = installedPlugin('kubernetes', versions.kubernetesPlugin);
if (!plugin)
  console.warn(
    "skipped: Pulumi's kubernetes plugin is not installed: pulumi plugin install resource kubernetes",
  );

/** A value that nothing else contains. */
const PASSWORD = 'p4per-L4ntern-in-no-state';
const FILES = {
  'Chart.yaml': 'apiVersion: v2\nname: greeter\nversion: 1.2.3\n',
  'templates/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: greeter }
data: { greeting: {{ .Values.greeting }} }
`,
  'templates/password.yaml': `apiVersion: v1
kind: Secret
metadata: { name: greeter }
stringData: { password: {{ .Values.password }} }
`,
  'templates/greeter.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: greeter }
spec:
  selector: { matchLabels: { app: greeter } }
  template:
    metadata: { labels: { app: greeter } }
    spec:
      nodeSelector: { {{ .Values.node | quote }}: linux }
      containers: [{ name: greeter, image: greeter.test/greeter:1 }]
`,
};
const ANY_NODE = 'kubernetes.io/os';

(plugin ? describe : describe.skip)('a chart', () => {
  let stacks: StackBed;
  beforeAll(async () => {
    stacks = await StackBed.start();
    mkdirSync(join(stacks.bed.folder, 'greeter/templates'), { recursive: true });
    for (const [file, content] of Object.entries(FILES))
      writeFileSync(join(stacks.bed.folder, 'greeter', file), content);
  });
  afterAll(() => stacks?.stop());

  function options(greeting: string, node = ANY_NODE): DeployOptions {
    const { settings, ...rest } = stacks.options('charts', []);
    if (settings === undefined) throw new Error('the stack has no settings');
    return {
      ...rest,
      program: async () => {
        const { provider, manifests } = new KeelsonStack(rest.synthesis, settings);
        new HelmRelease(
          'greeter',
          {
            chart: join(stacks.bed.folder, 'greeter'),
            version: '1.2.3',
            namespace: 'charts',
            values: { greeting, node, password: pulumi.secret(PASSWORD) },
            timeout: 10,
          },
          { provider, dependsOn: manifests },
        );
      },
    };
  }
  const greeting = async () => text(await stacks.bed.find(maps('charts', 'greeter')), 'data', 'greeting');

  test('is installed, and the same again changes nothing', async () => {
    expect((await upStack(options('hello'))).counts).toMatchObject({ create: 2 });
    expect(await greeting()).toBe('hello');
    expect((await upStack(options('hello'))).changes).toEqual([]);
  });

  test('takes other values, and where it does not get ready it is what it was', async () => {
    expect((await upStack(options('good day'))).counts).toMatchObject({ update: 1 });
    expect(await greeting()).toBe('good day');
    await expect(upStack(options('good night', 'nowhere'))).rejects.toThrow(/greeter/);
    expect(await greeting()).toBe('good day');
    expect((await upStack(options('good evening'))).counts).toMatchObject({ update: 1 });
    expect(await greeting()).toBe('good evening');
  });

  test('is uninstalled', async () => {
    expect(filesWith(join(stacks.bed.folder, 'projects'), [PASSWORD])).toEqual([]);
    await destroyStack(options('good evening'));
    expect(await stacks.bed.find('/api/v1/namespaces/charts')).toBeUndefined();
  });
});
