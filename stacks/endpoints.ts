import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import type { KubeObject } from '../lib/kube/object.js';

/** Where the objects' Services answer inside the cluster: `web.shop-staging.svc:80`, one of each port. */
export const endpoints = (objects: readonly KubeObject[]): string[] =>
  objects
    .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Service')
    .flatMap(({ metadata: { name, namespace }, ...object }) =>
      portsOf(object as Partial<Service>).map(({ port }) => `${name}.${namespace}.svc:${port}`),
    );

const portsOf = ({ spec }: Partial<Service>): readonly ServicePort[] => spec?.ports ?? [];
