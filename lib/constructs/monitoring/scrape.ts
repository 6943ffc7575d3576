import { serviceHost } from '../../kube/endpoint.js';

/** Where the pod's own account has its token and the cluster's certificate authority. */
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Samples that one answer may hold; beyond it the target counts as down. It keeps one service from ending all. */
const SAMPLE_LIMIT = 10_000;

/** Of cAdvisor's 60 metrics a container those that alerts need: fullness of disks, memory of the machine. */
const FROM_CADVISOR = 'container_fs_(usage|limit)_bytes;/|machine_(memory_bytes|cpu_cores);';

export interface ScrapeOptions {
  /** In seconds. */
  readonly interval: number;
  readonly namespace: string | undefined;
  readonly nodes: boolean;
  readonly alertmanager: boolean;
}

interface Relabel {
  readonly source_labels?: readonly string[];
  readonly regex?: string;
  readonly action?: 'keep' | 'drop' | 'replace';
  readonly target_label?: string;
  readonly replacement?: string;
}

const pod = (label: string): string => `__meta_kubernetes_pod_${label}`;
const copy = (from: string, to: string): Relabel => ({ source_labels: [from], target_label: to });

/**
 * Prometheus' settings: what to ask, and how often.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/
 */
export const scrapeConfiguration = ({ interval, namespace, nodes, alertmanager }: ScrapeOptions) => ({
  global: { scrape_interval: `${interval}s`, scrape_timeout: '10s', evaluation_interval: `${interval}s` },
  rule_files: ['rules.yml'],
  ...(alertmanager && {
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [`${serviceHost('alertmanager', namespace)}:9093`] }] }],
    },
  }),
  scrape_configs: [
    { job_name: 'prometheus', static_configs: [{ targets: ['127.0.0.1:9090'] }] },
    {
      job_name: 'kube-state-metrics',
      // It speaks of other pods, by the labels that we would give it.
      honor_labels: true,
      sample_limit: SAMPLE_LIMIT,
      static_configs: [{ targets: [`${serviceHost('kube-state-metrics', namespace)}:8080`] }],
    },
    {
      job_name: 'pods',
      sample_limit: SAMPLE_LIMIT,
      kubernetes_sd_configs: [{ role: 'pod' }],
      relabel_configs: [
        {
          source_labels: [pod('annotation_prometheus_io_scrape'), pod('phase')],
          regex: 'true;Running',
          action: 'keep',
        },
        {
          source_labels: [pod('annotation_prometheus_io_path')],
          regex: '(.+)',
          target_label: '__metrics_path__',
        },
        // There is a target for every port of every container; with one address they are one target.
        {
          source_labels: ['__address__', pod('annotation_prometheus_io_port')],
          regex: '(.+?)(?::\\d+)?;(\\d+)',
          replacement: '$1:$2',
          target_label: '__address__',
        },
        copy('__meta_kubernetes_namespace', 'namespace'),
        copy(pod('name'), 'pod'),
        copy(pod('label_app_kubernetes_io_name'), 'app'),
        copy(pod('node_name'), 'node'),
      ] satisfies Relabel[],
    },
    ...(nodes
      ? [
          kubelet('kubelet-resource', '/metrics/resource'),
          {
            ...kubelet('kubelet-cadvisor', '/metrics/cadvisor'),
            metric_relabel_configs: [
              { source_labels: ['__name__', 'id'], regex: FROM_CADVISOR, action: 'keep' },
            ] satisfies Relabel[],
          },
        ]
      : []),
  ],
});

/**
 * The node agent itself, not through the API server's proxy: reading by the proxy needs a right that also runs
 * commands in any pod (`nodes/proxy`), this one needs `nodes/metrics`.
 */
const kubelet = (job_name: string, metrics_path: string) => ({
  job_name,
  metrics_path,
  scheme: 'https',
  // Its times are those of its own last look, which would hide that a container is gone.
  honor_timestamps: false,
  tls_config: { ca_file: `${ACCOUNT}/ca.crt` },
  authorization: { credentials_file: `${ACCOUNT}/token` },
  kubernetes_sd_configs: [{ role: 'node' }],
  relabel_configs: [copy('__meta_kubernetes_node_name', 'node')],
});
