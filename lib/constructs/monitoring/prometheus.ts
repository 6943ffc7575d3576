import { Construct } from 'constructs';
import { dump } from 'js-yaml';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import type { Container, PersistentVolumeClaim } from 'kubernetes-types/core/v1';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1';
import { API_SERVER, addApiAccount, usesKubernetesApi } from '../../kube/api-account.js';
import { apiObject } from '../../kube/api-object.js';
import { addClusterService } from '../../kube/cluster-service.js';
import { addConfiguration, configurationAnnotation } from '../../kube/configuration.js';
import { namespaceOf } from '../../kube/context.js';
import type { NetworkPeer } from '../../kube/endpoint.js';
import { TRAEFIK } from '../../kube/ingress-controller.js';
import { labels, NAME } from '../../kube/labels.js';
import { podSpec } from '../../kube/pod.js';
import { type Resources, resourceRequirements } from '../../kube/resources.js';
import { WorkloadPolicy } from '../workload-policy.js';
import { type AlertRule, ruleFile } from './alerts.js';
import { scrapeConfiguration } from './scrape.js';

const PORT = 9090;
const KUBELET_PORT = 10250;
const CONFIGURATION = '/etc/prometheus';
const DATA = '/prometheus';

/** Part of the volume that samples may take; the rest is for the log that is written ahead, and for compaction. */
const DATA_SHARE = 0.8;

interface Props {
  readonly name: string;
  readonly image: string;
  readonly alerts: readonly AlertRule[];
  readonly interval: number;
  readonly retentionDays: number;
  readonly storageGiB: number;
  readonly storageClass?: string;
  readonly nodes: boolean;
  readonly alertmanager: boolean;
  readonly clients: readonly NetworkPeer[];
  readonly resources: Resources;
}

/** The one Prometheus of a cluster. */
export class Prometheus extends Construct {
  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const { name, storageGiB, storageClass, nodes } = props;
    addApiAccount(this, name, [
      { apiGroups: [''], resources: ['pods', ...(nodes ? ['nodes'] : [])], verbs: ['list', 'watch'] },
      ...(nodes ? [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }] : []),
    ]);
    apiObject<PersistentVolumeClaim>(this, 'claim', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name },
      spec: {
        accessModes: ['ReadWriteOnce'],
        ...(storageClass !== undefined && { storageClassName: storageClass }),
        resources: { requests: { storage: `${storageGiB}Gi` } },
      },
    });
    addClusterService(this, { name, ports: { http: PORT } });
    this.addServer(props);
    this.addPolicies(props);
  }

  private addServer(props: Props): void {
    const { name, alerts } = props;
    const data = {
      'prometheus.yml': yaml(scrapeConfiguration({ ...props, namespace: namespaceOf(this) })),
      'rules.yml': yaml(ruleFile(alerts)),
    };
    addConfiguration(this, name, data);
    apiObject<StatefulSet>(this, 'stateful-set', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        replicas: 1,
        serviceName: name,
        selector: { matchLabels: { [NAME]: name } },
        template: {
          metadata: {
            labels: labels(this, name),
            annotations: {
              ...configurationAnnotation(data),
              ...usesKubernetesApi('finds the pods and nodes that it asks for metrics'),
            },
          },
          spec: podSpec(name, {
            automountServiceAccountToken: true,
            // Its log is written ahead; it needs a moment to close what it holds in memory.
            terminationGracePeriodSeconds: 120,
            containers: [container(props)],
            volumes: [
              { name: 'configuration', configMap: { name } },
              { name: 'data', persistentVolumeClaim: { claimName: name } },
            ],
          }),
        },
      },
    });
  }

  private addPolicies({ name, clients, nodes, alertmanager }: Props): void {
    const namespace = namespaceOf(this);
    const own = (pod: string): NetworkPeer => ({ kind: 'pods', name: pod, namespace });
    new WorkloadPolicy(this, 'network', {
      name,
      namespace,
      from: () => [{ peers: clients, ports: [PORT] }],
      to: () => [
        { ...API_SERVER, ports: [...API_SERVER.ports, ...(nodes ? [KUBELET_PORT] : [])] },
        { peer: own('kube-state-metrics'), ports: [8080] },
        ...(alertmanager ? [{ peer: own('alertmanager'), ports: [9093] }] : []),
      ],
    });
    // Which ports those are the pods say; each of them admits this one on its metrics port and no other.
    apiObject<NetworkPolicy>(this, 'scrape-policy', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: `${name}-scrape` },
      spec: {
        podSelector: { matchLabels: { [NAME]: name } },
        policyTypes: ['Egress'],
        egress: [
          {
            to: [
              { namespaceSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'keelson' } } },
              {
                namespaceSelector: {
                  matchLabels: { 'kubernetes.io/metadata.name': TRAEFIK.peer.namespace },
                },
                podSelector: { matchLabels: { [NAME]: TRAEFIK.peer.name } },
              },
            ],
            ports: [{ protocol: 'TCP', port: 1024, endPort: 65535 }],
          },
        ],
      },
    });
  }
}

const container = ({ image, retentionDays, storageGiB, resources }: Props): Container => ({
  name: 'prometheus',
  image,
  imagePullPolicy: 'IfNotPresent',
  args: [
    `--config.file=${CONFIGURATION}/prometheus.yml`,
    `--storage.tsdb.path=${DATA}`,
    `--storage.tsdb.retention.time=${retentionDays}d`,
    `--storage.tsdb.retention.size=${Math.floor(storageGiB * 1024 * DATA_SHARE)}MB`,
    // One question may hold a fifth of the default: 10 million samples of 16 bytes.
    '--query.max-samples=10000000',
  ],
  ports: [{ name: 'http', containerPort: PORT }],
  resources: resourceRequirements(resources),
  // It reads the log of the last hours before it answers.
  startupProbe: {
    httpGet: { path: '/-/ready', port: PORT },
    periodSeconds: 5,
    timeoutSeconds: 3,
    failureThreshold: 120,
  },
  readinessProbe: { httpGet: { path: '/-/ready', port: PORT }, periodSeconds: 10, timeoutSeconds: 3 },
  livenessProbe: {
    httpGet: { path: '/-/healthy', port: PORT },
    periodSeconds: 10,
    timeoutSeconds: 3,
    failureThreshold: 6,
  },
  volumeMounts: [
    { name: 'configuration', mountPath: CONFIGURATION, readOnly: true },
    { name: 'data', mountPath: DATA },
  ],
});

const yaml = (value: unknown): string => dump(value, { lineWidth: -1, noRefs: true });
