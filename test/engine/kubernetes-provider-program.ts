import { readFileSync } from 'node:fs';
import * as pulumi from '@pulumi/pulumi';
import type { EmbeddedCluster } from '../../embedded/control-plane/control-plane.js';
import type { KubeObject } from '../../lib/kube/object.js';

export class ClusterProvider extends pulumi.ProviderResource {
  constructor(name: string, inputs: pulumi.Inputs) {
    super('kubernetes', name, inputs);
  }
}

/** Any Kubernetes object as a resource, the way the stacks register them. */
export class KubeResource extends pulumi.CustomResource {
  constructor(object: KubeObject, opts: pulumi.CustomResourceOptions) {
    const { apiVersion, kind, metadata } = object;
    const group = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
    super(`kubernetes:${group}:${kind}`, `${kind}-${metadata.name}`, { ...object }, opts);
  }
}

export interface Wishes {
  readonly image?: string;
  readonly selector?: string;
  readonly data?: Record<string, string>;
  /** A label of every object. */
  readonly label?: string;
  readonly force?: boolean;
}

export const meta = (name: string) => ({ name, namespace: 'shop' });

export function podTemplate(app: string, image: string) {
  const containers = [{ name: 'main', image, resources: { requests: { cpu: '0.010' } } }];
  return { metadata: { labels: { app } }, spec: { containers } };
}

/** An application of every sort of object that is waited for, in the tiers of a stack. */
export function application(cluster: EmbeddedCluster, wishes: Wishes): void {
  const { image = 'web:1', selector = 'web', data = { greeting: 'hello' }, label = 'a', force } = wishes;
  const kubeconfig = pulumi.secret(readFileSync(cluster.kubeconfig, 'utf8'));
  const inputs = { kubeconfig, context: cluster.context, enableConfigMapMutable: true };
  const own = new ClusterProvider('cluster', inputs);
  const add = (object: KubeObject, ...dependsOn: pulumi.Resource[]) => {
    const metadata = { ...object.metadata, labels: { label } };
    return new KubeResource({ ...object, metadata }, { provider: own, dependsOn });
  };
  const home = add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const definition = add({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.keelson.test' },
    spec: {
      group: 'keelson.test',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  });
  add(
    { apiVersion: 'keelson.test/v1', kind: 'Widget', metadata: meta('one'), spec: { size: 1 } },
    home,
    definition,
  );
  const stringData = { password: new pulumi.Config().requireSecret('password') };
  add({ apiVersion: 'v1', kind: 'Secret', metadata: meta('login'), stringData }, home);
  const annotations: Record<string, string> = force ? { 'pulumi.com/patchForce': 'true' } : {};
  add({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...meta('settings'), annotations }, data }, home);
  const web = add(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta('web'),
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: selector } },
        template: podTemplate(selector, image),
      },
    },
    home,
  );
  const ports = [{ port: 80 }];
  const balance = { selector: { app: selector }, ports };
  add({ apiVersion: 'v1', kind: 'Service', metadata: meta('web'), spec: balance }, web);
  const headless = { clusterIP: 'None', selector: { app: 'store' }, ports };
  const peers = add({ apiVersion: 'v1', kind: 'Service', metadata: meta('store'), spec: headless }, home);
  const template = podTemplate('store', 'store:1');
  const store = { serviceName: 'store', replicas: 3, selector: { matchLabels: { app: 'store' } }, template };
  add({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta('store'), spec: store }, peers);
  const once = podTemplate('migrate', 'migrate:1');
  const job = { template: { ...once, spec: { ...once.spec, restartPolicy: 'Never' } } };
  add({ apiVersion: 'batch/v1', kind: 'Job', metadata: meta('migrate'), spec: job }, home);
}
