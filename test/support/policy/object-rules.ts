import type { ServiceSpec } from 'kubernetes-types/core/v1';
import type { IngressSpec } from 'kubernetes-types/networking/v1';
import type { PolicyRule, RoleRef } from 'kubernetes-types/rbac/v1';
import type { KubeObject } from '../../../lib/kube/object.js';
import { type Finding, objectRule, type Rule, unless } from './rule.js';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
/** Kinds whose names Kubernetes itself forms otherwise. */
const OTHER_NAMES: Readonly<Record<string, RegExp>> = {
  CustomResourceDefinition: /^[a-z0-9]+(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
  CSIDriver: /^[a-z0-9]+(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+$/,
  Role: /^[^/%]+$/,
  RoleBinding: /^[^/%]+$/,
  ClusterRole: /^[^/%]+$/,
  ClusterRoleBinding: /^[^/%]+$/,
};

/** What holds for objects whatever they contain, and for the kinds that open a door. */
export const objectRules: readonly Rule[] = [
  objectRule('name', [], ({ kind, metadata: { name } }) =>
    unless(
      (OTHER_NAMES[kind] ?? DNS_LABEL).test(name),
      'the name must be a DNS label: at most 63 small letters, digits and "-"',
    ),
  ),
  objectRule('labels', [], ({ metadata: { labels = {} } }) => [
    ...unless(!!labels['app.kubernetes.io/name'], 'the label app.kubernetes.io/name is missing'),
    ...unless(
      labels['app.kubernetes.io/managed-by'] === 'keelson',
      'the label app.kubernetes.io/managed-by must be keelson',
    ),
  ]),
  {
    name: 'identity',
    check: ({ objects }) => {
      const first = new Map<string, KubeObject>();
      return objects.flatMap((object): Finding[] => {
        const key = identity(object);
        if (first.has(key)) return [{ object, message: 'is given twice; one would overwrite the other' }];
        first.set(key, object);
        return [];
      });
    },
  },
  objectRule('secret-value', ['Secret'], ({ data, stringData }) =>
    unless(
      data === undefined && stringData === undefined,
      'holds values; only a stack does, and lib names what it needs',
    ),
  ),
  objectRule('service-type', ['Service'], ({ spec }) => {
    const { type = 'ClusterIP', externalIPs = [] } = spec as ServiceSpec;
    return [
      ...unless(type === 'ClusterIP', `the type is ${type}; allowed is ClusterIP, behind an Ingress`),
      ...unless(externalIPs.length === 0, 'externalIPs must be empty'),
    ];
  }),
  objectRule('ingress', ['Ingress'], ({ spec }) => {
    const { ingressClassName, tls = [], rules = [] } = spec as IngressSpec;
    const covered = new Set(tls.filter(({ secretName }) => secretName).flatMap(({ hosts = [] }) => hosts));
    return [
      ...unless(!!ingressClassName, 'ingressClassName is missing'),
      ...rules.flatMap(({ host = '(every host)' }) =>
        unless(covered.has(host), `no TLS secret is named for ${host}`),
      ),
    ];
  }),
  objectRule('ingress-route', ['IngressRoute'], ({ spec }) =>
    unless(
      !!(spec as { tls?: { secretName?: string } }).tls?.secretName,
      'spec.tls.secretName is missing: it would answer with a certificate of nobody',
    ),
  ),
  objectRule('wildcard-role', ['Role', 'ClusterRole'], ({ rules }) =>
    ((rules ?? []) as PolicyRule[]).flatMap((rule, index) =>
      (['verbs', 'resources', 'apiGroups', 'nonResourceURLs'] as const)
        .filter((field) => rule[field]?.includes('*'))
        .map((field) => `rules[${index}].${field} holds "*"; name each`),
    ),
  ),
  objectRule('cluster-admin', ['RoleBinding', 'ClusterRoleBinding'], ({ roleRef }) =>
    unless(
      (roleRef as RoleRef).name !== 'cluster-admin',
      'binds cluster-admin; bind a role that names its rights',
    ),
  ),
];

/** Two versions of one kind are one object to the API server. */
const identity = ({ apiVersion, kind, metadata: { namespace = '', name } }: KubeObject): string =>
  [apiVersion.includes('/') ? apiVersion.split('/')[0] : '', kind, namespace, name].join(' ');
