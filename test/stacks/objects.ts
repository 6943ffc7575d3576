import type { KubeObject } from '../../lib/kube/object.js';

/** A small object for tests: `object('apps/v1', 'Deployment', 'web', 'shop', { spec })`. */
export const object = (
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
  fields: Record<string, unknown> = {},
): KubeObject => ({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) }, ...fields });

export const deployment = (
  name: string,
  namespace: string,
  pod: Record<string, unknown> = {},
  labels: Record<string, string> = { app: name },
): KubeObject =>
  object('apps/v1', 'Deployment', name, namespace, {
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [], ...pod } },
    },
  });

export const definition = (group: string, kind: string): KubeObject =>
  object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    `${kind.toLowerCase()}s.${group}`,
    undefined,
    {
      spec: { group, names: { kind } },
    },
  );
