import type { KubeObject } from '../../lib/kube/object.js';

/** Helm's own bookkeeping: it would claim that Helm manages what Keelson applies. */
const isHelms = ([key]: [string, unknown]): boolean =>
  key.startsWith('helm.sh/') || key.startsWith('meta.helm.sh/');

/** The object with the labels that everything from Keelson carries, and without Helm's. */
export function labelled(object: KubeObject, name: string): KubeObject {
  const { annotations, labels, ...metadata } = object.metadata;
  const kept = Object.entries(annotations ?? {}).filter((entry) => !isHelms(entry));
  return {
    ...object,
    metadata: {
      ...metadata,
      labels: {
        'app.kubernetes.io/name': name,
        ...Object.fromEntries(Object.entries(labels ?? {}).filter((entry) => !isHelms(entry))),
        'app.kubernetes.io/managed-by': 'keelson',
      },
      ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }),
    },
  };
}
