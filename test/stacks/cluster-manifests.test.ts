import * as pulumi from '@pulumi/pulumi';
import type { Manifest } from '../../lib/manifests.js';
import { ClusterManifests, type ClusterManifestsProps } from '../../stacks/cluster-manifests.js';
import { KubernetesProvider } from '../../stacks/kubernetes-provider.js';
import { mockEngine, type Registered } from './mock-engine.js';
import { definition, deployment, object } from './objects.js';

const manifests: Manifest[] = [
  {
    name: 'services',
    objects: [
      deployment('web', 'shop', { serviceAccountName: 'web' }),
      object('v1', 'Service', 'web', 'shop'),
    ],
  },
  {
    name: 'base',
    objects: [object('v1', 'Namespace', 'shop'), object('v1', 'ServiceAccount', 'web', 'shop')],
  },
];

/** Applies manifests to the mocked engine. */
function apply(props: Partial<ClusterManifestsProps>) {
  const provider = new KubernetesProvider('cluster', { kubeconfig: 'k', clusterIdentity: 'c' });
  return new ClusterManifests('shop', { provider, manifests, ...props });
}

const annotations = ({ inputs }: Registered) => inputs.metadata.annotations;

describe('ClusterManifests', () => {
  it('registers each object under the same name and types, whatever its manifest', async () => {
    const chain = ({ type, name, options }: Registered): string =>
      `${(options.parent as unknown as { __pulumiType: string } | undefined)?.__pulumiType} ${type} ${name}`;
    const { objects, resources } = await mockEngine(() => apply({}));
    expect(objects.map(chain).sort()).toEqual([
      'keelson:kubernetes:Manifest kubernetes:apps/v1:Deployment shop/Deployment/web',
      'keelson:kubernetes:Manifest kubernetes:core/v1:Namespace Namespace/shop',
      'keelson:kubernetes:Manifest kubernetes:core/v1:Service shop/Service/web',
      'keelson:kubernetes:Manifest kubernetes:core/v1:ServiceAccount shop/ServiceAccount/web',
    ]);
    expect(resources.filter(({ type }) => type.startsWith('keelson:')).map(chain)).toEqual([
      'undefined keelson:kubernetes:ClusterManifests shop',
      'keelson:kubernetes:ClusterManifests keelson:kubernetes:Manifest shop/services',
      'keelson:kubernetes:ClusterManifests keelson:kubernetes:Manifest shop/base',
    ]);
    const all = [{ name: 'all', objects: manifests.flatMap((manifest) => manifest.objects) }];
    const moved = await mockEngine(() => apply({ manifests: all }));
    expect(moved.objects.map(chain)).toEqual(objects.map(chain));
  });

  it('hands on the object as it is, with its owner, and waits for what it needs', async () => {
    const { find } = await mockEngine(() => apply({}));
    const web = find('shop/Deployment/web');
    expect(web.inputs).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop' },
    });
    expect(annotations(web)).toEqual({
      'keelson.dev/stack': 'project/stack',
      'pulumi.com/patchFieldManager': 'keelson',
    });
    const needed = (web.options.dependsOn as pulumi.Resource[]).map((resource) => resource.urn);
    const urns = await new Promise<string[]>((resolve) => pulumi.all(needed).apply(resolve));
    expect(urns.map((urn) => urn.split('::').at(-1)).sort()).toEqual([
      'Namespace/shop',
      'shop/ServiceAccount/web',
    ]);
  });

  it('waits only for what becomes ready', async () => {
    const kinds = [
      object('networking.k8s.io/v1', 'Ingress', 'x', 'shop'),
      object('v1', 'Service', 'x', 'shop'),
      object('v1', 'PersistentVolumeClaim', 'x', 'shop'),
      object('batch/v1', 'Job', 'x', 'shop'),
      definition('example.com', 'X'),
    ];
    const registered = await mockEngine(() => apply({ manifests: [{ name: 'all', objects: kinds }] }));
    const skipped = registered.objects.filter(
      (found) => annotations(found)['pulumi.com/skipAwait'] === 'true',
    );
    expect(skipped.map(({ inputs }) => inputs.kind).sort()).toEqual([
      'Ingress',
      'PersistentVolumeClaim',
      'Service',
    ]);
    expect(annotations(registered.find('CustomResourceDefinition/xs.example.com'))).toMatchObject({
      'pulumi.com/waitFor': 'condition=Established',
    });
  });

  it('waits for a Job as long as it may run, and makes a failed one anew at the next run', async () => {
    const jobs = [
      object('batch/v1', 'Job', 'long', 'shop', { spec: { activeDeadlineSeconds: 3600 } }),
      object('batch/v1', 'Job', 'endless', 'shop'),
    ];
    const registered = await mockEngine(() => apply({ manifests: [{ name: 'all', objects: jobs }] }));
    expect(annotations(registered.find('shop/Job/long'))).toMatchObject({
      'pulumi.com/replaceUnready': 'true',
      'pulumi.com/timeoutSeconds': '3660',
    });
    const endless = annotations(registered.find('shop/Job/endless'));
    expect(endless).toMatchObject({ 'pulumi.com/replaceUnready': 'true' });
    expect(endless).not.toHaveProperty(['pulumi.com/timeoutSeconds']);
  });

  it("leaves an object's own wishes for waiting alone", async () => {
    const service = object('v1', 'Service', 'x', 'shop');
    const metadata = { ...service.metadata, annotations: { 'pulumi.com/skipAwait': 'false' } };
    const registered = await mockEngine(() =>
      apply({ manifests: [{ name: 'all', objects: [{ ...service, metadata }] }] }),
    );
    expect(annotations(registered.find('shop/Service/x'))['pulumi.com/skipAwait']).toBe('false');
  });

  it('waits until a webhook has its certificate authority where one is injected', async () => {
    const webhook = object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'w');
    const injected = { ...webhook.metadata, annotations: { 'cert-manager.io/inject-ca-from-secret': 'a/b' } };
    const registered = await mockEngine(() =>
      apply({ manifests: [{ name: 'all', objects: [{ ...webhook, metadata: injected }] }] }),
    );
    expect(annotations(registered.find('ValidatingWebhookConfiguration/w'))['pulumi.com/waitFor']).toBe(
      'jsonpath={.webhooks[0].clientConfig.caBundle}',
    );
  });

  it('protects what holds data, unless told otherwise', async () => {
    const claims = { spec: { volumeClaimTemplates: [{ spec: {} }] } };
    const objects = [
      object('v1', 'PersistentVolumeClaim', 'data', 'shop'),
      object('v1', 'Namespace', 'shop'),
      definition('example.com', 'X'),
      object('apps/v1', 'StatefulSet', 'db', 'shop', claims),
      object('apps/v1', 'StatefulSet', 'cache', 'shop', { spec: {} }),
      deployment('web', 'shop'),
    ];
    const protectedNames = (found: readonly Registered[]) =>
      found.filter(({ options }) => options.protect).map(({ name }) => name);
    const all = [{ name: 'all', objects }];
    const kept = await mockEngine(() => apply({ manifests: all }));
    expect(protectedNames(kept.objects).sort()).toEqual([
      'CustomResourceDefinition/xs.example.com',
      'Namespace/shop',
      'shop/PersistentVolumeClaim/data',
      'shop/StatefulSet/db',
    ]);
    const thrownAway = await mockEngine(() => apply({ manifests: all, protectData: false }));
    expect(protectedNames(thrownAway.objects)).toEqual([]);
  });

  it('leaves out what a cluster is better without, and says why', async () => {
    const registered = await mockEngine(() =>
      apply({ exclude: [{ reason: 'no pods here', matches: ({ kind }) => kind === 'Service' }] }),
    );
    expect(registered.result.leftOut).toEqual([{ object: 'shop/Service/web', reason: 'no pods here' }]);
    expect(registered.objects.map(({ inputs }) => inputs.kind)).not.toContain('Service');
  });

  it.each(['data', 'stringData'])(
    'refuses a Secret with %s in clear, without repeating it',
    async (field) => {
      const secret = object('v1', 'Secret', 'key', 'shop', { [field]: { password: 'hunter2' } });
      const attempt = mockEngine(() => apply({ manifests: [{ name: 'all', objects: [secret] }] }));
      await expect(attempt).rejects.toThrow('shop/Secret/key.password: has its value in clear');
      await expect(attempt).rejects.not.toThrow('hunter2');
    },
  );

  it('patches what somebody else owns, under a name of its own and without claiming it', async () => {
    const patch = { ...object('v1', 'ConfigMap', 'coredns', 'kube-system'), data: { x: '1' } };
    const { find } = await mockEngine(() => apply({ patches: [patch] }));
    const patched = find('kube-system/ConfigMapPatch/coredns');
    expect(patched.type).toBe('kubernetes:core/v1:ConfigMapPatch');
    expect(patched.inputs).toMatchObject({ kind: 'ConfigMap', data: { x: '1' } });
    expect(annotations(patched)).toEqual({
      'pulumi.com/patchFieldManager': 'keelson-patch/project/stack',
    });
  });

  it('takes a Secret whose values are Outputs, and keeps them secret', async () => {
    const stringData = { password: pulumi.secret('hunter2') };
    const { find } = await mockEngine(() =>
      apply({
        manifests: [{ name: 'all', objects: [object('v1', 'Secret', 'key', 'shop', { stringData })] }],
      }),
    );
    expect(await pulumi.isSecret(pulumi.output(find('shop/Secret/key').props.stringData))).toBe(true);
  });
});
