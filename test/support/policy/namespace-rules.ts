import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import type { KubeObject } from '../../../lib/kube/object.js';
import { generatedCustomResourceDefinitions } from '../generated.js';
import { isNamespaced } from '../schema.js';
import { type Finding, objectRule, type Rule, unless } from './rule.js';
import { isEmpty } from './selector.js';

/** Namespaces are stated, and closed before a pod stands in them. */
export const namespaceRules: readonly Rule[] = [
  {
    name: 'namespace',
    check: ({ objects }) => {
      const definitions = [
        ...generatedCustomResourceDefinitions,
        ...objects.filter(({ kind }) => kind === 'CustomResourceDefinition'),
      ];
      return objects.flatMap((object): Finding[] => {
        const { namespace } = object.metadata;
        switch (isNamespaced(object, definitions)) {
          case true:
            return namespace ? [] : [{ object, message: 'metadata.namespace is missing' }];
          case false:
            return namespace ? [{ object, message: 'metadata.namespace is set, but the kind has none' }] : [];
          default:
            return [
              {
                object,
                message: `${object.apiVersion} ${object.kind} is unknown, so nothing is known of it`,
              },
            ];
        }
      });
    },
  },
  {
    name: 'namespace-guards',
    check: ({ pods, inNamespace }) => {
      const owners = new Map(pods.map(({ owner }) => [owner.metadata.namespace, owner]));
      return [...owners].flatMap(([namespace, owner]): Finding[] => {
        if (!namespace) return [];
        const missing = [
          ...unless(
            inNamespace(undefined, 'Namespace').some(({ metadata: { name } }) => name === namespace),
            'Namespace; give everything that the cluster gets, its own stack included',
          ),
          ...unless(
            inNamespace(namespace, 'NetworkPolicy').some(deniesEverything),
            'NetworkPolicy that denies everything by default',
          ),
          ...unless(inNamespace(namespace, 'ResourceQuota').length > 0, 'ResourceQuota'),
        ];
        return missing.map((what) => ({ object: owner, message: `its namespace has no ${what}` }));
      });
    },
  },
  objectRule('pod-security', ['Namespace'], ({ metadata: { labels = {} } }) =>
    unless(
      labels['pod-security.kubernetes.io/enforce'] === 'restricted',
      'the label pod-security.kubernetes.io/enforce must be restricted',
    ),
  ),
];

function deniesEverything({ spec }: KubeObject): boolean {
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = spec as NetworkPolicySpec;
  return (
    isEmpty(podSelector) &&
    policyTypes.includes('Ingress') &&
    policyTypes.includes('Egress') &&
    ingress.length + egress.length === 0
  );
}
