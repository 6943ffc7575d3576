import { Construct } from 'constructs';
import type { LimitRange, Namespace, ResourceQuota } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { Quota } from '../config/application-schema.js';
import { apiObject } from '../kube/api-object.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import { NAME } from '../kube/labels.js';

export interface EnvironmentNamespaceProps {
  /** @default the construct's id */
  readonly name?: string;
  /** What the pods may request in sum. @default 1.5 cores, 2048 MiB, 20 GiB of volumes, 50 pods */
  readonly quota?: Partial<Quota>;
}

const QUOTA = { cpu: 1.5, memory: 2048, storage: 20, pods: 50 } as const satisfies Quota;

/** The port on which cert-manager's HTTP-01 solver answers Let's Encrypt. */
const ACME_SOLVER_PORT = 8089;

/**
 * The namespace of an environment, closed until a workload opens a path: Pod Security `restricted`, a network policy
 * that denies everything but DNS and certificate challenges, a quota, and requests for pods that state none.
 *
 * @example
 * new EnvironmentNamespace(chart, 'staging', { quota: { memory: 1024 } });
 */
export class EnvironmentNamespace extends Construct {
  constructor(scope: Construct, id: string, props: EnvironmentNamespaceProps = {}) {
    super(scope, id);
    const { name = id } = props;
    apiObject<Namespace>(this, 'namespace', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: Object.fromEntries(
          ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
        ),
      },
    });
    this.addPolicies(name);
    this.addLimits(name, { ...QUOTA, ...props.quota });
  }

  private addPolicies(namespace: string): void {
    const policy = (name: string, spec: NetworkPolicy['spec']) =>
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

  private addLimits(namespace: string, { cpu, memory, storage, pods }: Quota): void {
    apiObject<ResourceQuota>(this, 'quota', {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'environment', namespace },
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
      metadata: { name: 'environment', namespace },
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

const podsOf = (namespace: string, matchLabels: Record<string, string>) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  podSelector: { matchLabels },
});
