/** One thing that somebody should look at. @see https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/ */
export interface AlertRule {
  /** Unique among the rules. */
  readonly name: string;
  /** PromQL; every series that it answers with is an alert of its own. */
  readonly expression: string;
  /** How long it must hold, in minutes. */
  readonly minutes: number;
  /** `critical`: people are served worse now. `warning`: they will be. */
  readonly severity: 'critical' | 'warning';
  /** One sentence; `{{ $labels.namespace }}` and the like are filled in. */
  readonly summary: string;
}

/** Alerts that every cluster has: few, each of which asks for something to be done. */
export const ALERTS: readonly AlertRule[] = [
  {
    name: 'TargetDown',
    expression: 'up == 0',
    minutes: 10,
    severity: 'warning',
    summary:
      '{{ $labels.job }} {{ $labels.namespace }}/{{ $labels.pod }} {{ $labels.instance }} gives no metrics',
  },
  {
    name: 'WorkloadUnavailable',
    expression: `(
  kube_deployment_spec_replicas - on (namespace, deployment) kube_deployment_status_replicas_available
  or kube_statefulset_replicas - on (namespace, statefulset) kube_statefulset_status_replicas_ready
) > 0`,
    minutes: 15,
    severity: 'critical',
    summary:
      '{{ $labels.namespace }}/{{ $labels.deployment }}{{ $labels.statefulset }} lacks {{ $value }} of its pods',
  },
  {
    name: 'ContainerCrashLooping',
    expression: 'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
    minutes: 10,
    severity: 'critical',
    summary: '{{ $labels.namespace }}/{{ $labels.pod }}: {{ $labels.container }} ends again and again',
  },
  {
    name: 'ContainerOutOfMemory',
    expression: `increase(kube_pod_container_status_restarts_total[15m]) > 0
and on (namespace, pod, container)
kube_pod_container_status_last_terminated_reason{reason="OOMKilled"} == 1`,
    minutes: 0,
    severity: 'warning',
    summary:
      '{{ $labels.namespace }}/{{ $labels.pod }}: {{ $labels.container }} went over its memory limit and was killed',
  },
  {
    name: 'JobFailed',
    expression: 'kube_job_failed{condition="true"} > 0',
    minutes: 5,
    severity: 'warning',
    summary: '{{ $labels.namespace }}/{{ $labels.job_name }} failed; delete it when you have looked at it',
  },
  {
    name: 'NodeDiskAlmostFull',
    expression:
      'max by (node, device) (container_fs_usage_bytes{id="/"} / container_fs_limit_bytes{id="/"}) > 0.85',
    minutes: 15,
    severity: 'critical',
    summary:
      '{{ $labels.node }}: {{ $labels.device }} is {{ $value | humanizePercentage }} full; above 85 % images are removed, then pods',
  },
  {
    name: 'NodeMemoryAlmostFull',
    expression: 'max by (node) (node_memory_working_set_bytes) / max by (node) (machine_memory_bytes) > 0.9',
    minutes: 15,
    severity: 'warning',
    summary: '{{ $labels.node }}: {{ $value | humanizePercentage }} of the memory is in use',
  },
  {
    name: 'CertificateExpiring',
    expression: 'certmanager_certificate_expiration_timestamp_seconds - time() < 14 * 86400',
    minutes: 60,
    severity: 'warning',
    summary:
      '{{ $labels.exported_namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }} and was not renewed',
  },
];

/** The file of rules. */
export const ruleFile = (alerts: readonly AlertRule[]) => ({
  groups: [
    {
      name: 'keelson',
      rules: alerts.map(({ name, expression, minutes, severity, summary }) => ({
        alert: name,
        expr: expression,
        for: `${minutes}m`,
        labels: { severity },
        annotations: { summary },
      })),
    },
  ],
});
