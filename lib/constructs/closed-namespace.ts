import { Construct } from 'constructs';
import type { LimitRange, Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Quota } from '../config/application-schema.js';
import { nameProblem } from '../config/name.js';
import { apiObject } from '../kube/api-object.js';
import { clusterObject } from '../kube/cluster-object.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import { type KeysOf, unknownKeys } from '../kube/known-keys.js';
import { NAME } from '../kube/labels.js';

export interface ClosedNamespaceProps {
  readonly name: string;
  /** What the pods may request in sum. */
  readonly quota: Quota;
  /** Names the objects of quota and limits. */
  readonly limitsName: string;
  /** @default restricted */
  readonly podSecurity?: PodSecurity;
}

/** Level of Pod Security: whether pods may do what could harm the node. */
export type PodSecurity = 'restricted' | 'privileged';

const podSecurityLabels = (level: PodSecurity): Record<string, string> =>
  Object.fromEntries(
    ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, level]),
  );

/** Labels of a namespace that lets no pod in that could harm the node. */
export const RESTRICTED = podSecurityLabels('restricted');

/** Names of the network policies that close it. */
export const CLOSING_POLICIES = ['default-deny', 'allow-dns', 'allow-acme-challenges'] as const;

const QUOTA_KEYS: KeysOf<Quota> = { cpu: true, memory: true, storage: true, pods: true };

/** The port on which cert-manager's HTTP-01 solver answers Let's Encrypt. */
const ACME_SOLVER_PORT = 8089;

/**
 * A namespace that is closed until a workload opens a path: Pod Security, a network policy that denies
 * everything but DNS and certificate challenges, a quota, and requests for pods that state none.
 */
export class ClosedNamespace extends Construct {
  constructor(scope: Construct, id: string, props: ClosedNamespaceProps) {
    super(scope, id);
    const { name, quota, limitsName, podSecurity = 'restricted' } = props;
    clusterObject<Namespace>(this, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: podSecurityLabels(podSecurity) },
    });
    this.addPolicies(name);
    this.addLimits({ name: limitsName, namespace: name }, quota);
    this.node.addValidation({ validate: () => problems(name, quota) });
  }

  private addPolicies(namespace: string): void {
    const policy = (name: (typeof CLOSING_POLICIES)[number], spec: NetworkPolicy['spec']) =>
      apiObject<NetworkPolicy>(this, name, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace },
        ...(spec && { spec }),
      });
    policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    policy('allow-dns', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [podsOf('kube-system', { 'k8s-app': 'kube-dns' })],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    });
    policy('allow-acme-challenges', {
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: [podsOf(TRAEFIK.peer.namespace, { [NAME]: TRAEFIK.peer.name })],
          ports: [{ protocol: 'TCP', port: ACME_SOLVER_PORT }],
        },
      ],
    });
  }

  private addLimits(
    metadata: { readonly name: string; readonly namespace: string },
    { cpu, memory, storage, pods }: Quota,
  ): void {
    apiObject<ResourceQuota>(this, 'quota', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata,
      spec: {
        hard: {
          'requests.cpu': `${Math.round(cpu * 1000)}m`,
          'requests.memory': `${memory}Mi`,
          'limits.memory': `${2 * memory}Mi`,
          'requests.storage': `${storage}Gi`,
          pods: `${pods}`,
          // Both would pass by the ingress, and a load balancer costs money.
          'services.loadbalancers': '0',
          'services.nodeports': '0',
        },
      },
    });
    apiObject<LimitRange>(this, 'limits', {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata,
      spec: {
        limits: [
          {
            type: 'Container',
            defaultRequest: { cpu: '25m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
            default: { memory: '256Mi', 'ephemeral-storage': '256Mi' },
          },
        ],
      },
    });
  }
}

const problems = (name: string, quota: Quota): string[] => [
  ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
  ...unknownKeys(quota, QUOTA_KEYS, 'quota.'),
  ...Object.entries(quota)
    .filter(([, value]) => !(value > 0))
    .map(([key, value]) => `quota.${key}: ${value} was given; a number above 0 is expected`),
];

const podsOf = (namespace: string, matchLabels: Record<string, string>) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels },
});
