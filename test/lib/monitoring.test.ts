import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { dump } from 'js-yaml';
import type { PolicyRule } from 'kubernetes-types/rbac/v1';
import { Monitoring, type MonitoringProps } from '../../lib/constructs/monitoring.js';
import { PlatformNamespace } from '../../lib/constructs/platform-namespace.js';
import { type KubeObject, secretRef } from '../../lib/index.js';
import { requestsOf } from '../../lib/requests.js';
import { objectOf } from '../support/application.js';
import { policyProblems } from '../support/policy.js';
import { discoverFromFiles } from '../support/prometheus-process.js';
import { schemaProblems } from '../support/schema.js';

function monitoringChart(props?: MonitoringProps, namespace = 'monitoring') {
  const chart = new Chart(new App(), 'monitoring', { namespace });
  new PlatformNamespace(chart, 'namespace', { name: namespace });
  new Monitoring(chart, 'monitoring', props);
  return chart;
}
const objectsOf = (props?: MonitoringProps) => monitoringChart(props).toJson() as KubeObject[];
const problemsOf = (props: MonitoringProps, namespace?: string): string[] =>
  monitoringChart(props, namespace)
    .node.findAll()
    .flatMap(({ node }) => node.validate());

const everything: Required<MonitoringProps> = {
  intervalSeconds: 60,
  retentionDays: 30,
  storageGiB: 10,
  storageClass: 'do-block-storage',
  nodes: false,
  notify: secretRef('alertmanager', 'configuration'),
  notifyPorts: [443, 587],
  alerts: [
    {
      name: 'QueueTooLong',
      expression: 'queue_length > 100',
      minutes: 5,
      severity: 'warning',
      summary: '{{ $labels.queue }} holds {{ $value }}',
    },
  ],
  clients: [{ kind: 'pods', name: 'prometheus', namespace: 'monitoring' }],
  resources: { memoryMiB: 256 },
  images: { prometheus: 'docker.io/prom/prometheus:v3.0.0' },
};

const settingsOf = (props?: MonitoringProps): Record<string, string> =>
  (objectOf(objectsOf(props), 'ConfigMap', 'prometheus') as unknown as { data: Record<string, string> }).data;

test.each([
  ['nothing but defaults', {}],
  ['every prop', everything],
])('with %s every object is as its schema says and keeps the policy', (_, props: MonitoringProps) => {
  const objects = objectsOf(props);
  expect(objects.flatMap((object) => schemaProblems(object, []))).toEqual([]);
  expect(policyProblems(objects)).toEqual([]);
});

test('it is small', () => {
  const requests = requestsOf(objectsOf({ notify: secretRef('alertmanager', 'configuration') }));
  expect(requests.cpuMillis).toBeLessThanOrEqual(100);
  expect(requests.memoryMiB).toBeLessThanOrEqual(256);
});

test('every prop reaches an object', () => {
  const objects = objectsOf(everything);
  expect(objectOf(objects, 'PersistentVolumeClaim', 'prometheus')).toMatchObject({
    spec: { storageClassName: 'do-block-storage', resources: { requests: { storage: '10Gi' } } },
  });
  expect(objectOf(objects, 'StatefulSet', 'prometheus')).toMatchObject({
    spec: {
      template: {
        spec: {
          containers: [
            {
              image: 'docker.io/prom/prometheus:v3.0.0',
              args: expect.arrayContaining([
                '--storage.tsdb.retention.time=30d',
                '--storage.tsdb.retention.size=8192MB',
              ]),
              resources: { requests: { memory: '256Mi' } },
            },
          ],
        },
      },
    },
  });
  const { 'prometheus.yml': scrape = '', 'rules.yml': rules = '' } = settingsOf(everything);
  expect(scrape).toContain('scrape_interval: 60s');
  expect(scrape).toContain('alertmanager.monitoring.svc:9093');
  expect(scrape).not.toContain('kubelet');
  expect(rules).toContain('alert: QueueTooLong');
  expect(objectOf(objects, 'Deployment', 'alertmanager')).toMatchObject({
    spec: {
      template: {
        spec: {
          volumes: expect.arrayContaining([
            expect.objectContaining({ secret: expect.objectContaining({ secretName: 'alertmanager' }) }),
          ]),
        },
      },
    },
  });
  expect(JSON.stringify(objectOf(objects, 'NetworkPolicy', 'alertmanager'))).toContain('"port":587');
  expect(objectsOf().map(({ metadata }) => metadata.name)).not.toContain('alertmanager');
});

test('accounts may read what they look at, and neither write nor reach into nodes', () => {
  const rules = (props?: MonitoringProps): Record<string, PolicyRule[]> =>
    Object.fromEntries(
      objectsOf(props)
        .filter(({ kind }) => kind === 'ClusterRole')
        .map(({ metadata, rules }) => [metadata.name, rules as PolicyRule[]]),
    );
  expect(rules()).toEqual({
    prometheus: [
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['list', 'watch'] },
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
    ],
    'kube-state-metrics': [
      { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
      { apiGroups: ['apps'], resources: ['deployments', 'statefulsets'], verbs: ['list', 'watch'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['list', 'watch'] },
    ],
  });
  expect(rules({ nodes: false }).prometheus).toEqual([
    { apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] },
  ]);
  for (const { kind, metadata, subjects } of objectsOf())
    if (kind === 'ClusterRoleBinding')
      expect(subjects).toEqual([{ kind: 'ServiceAccount', name: metadata.name, namespace: 'monitoring' }]);
});

test('nobody is admitted to Prometheus unless named', () => {
  const ingress = (props?: MonitoringProps) =>
    (objectOf(objectsOf(props), 'NetworkPolicy', 'prometheus').spec as { ingress: unknown[] }).ingress;
  expect(ingress()).toEqual([]);
  expect(ingress(everything)).toHaveLength(1);
});

test('what is wrong is said, all at once', () => {
  expect(problemsOf({}, 'metrics')).toEqual([
    expect.stringContaining('it stands in the namespace "metrics", but workloads admit the scrape'),
  ]);
  const wrong = problemsOf({
    intervalSeconds: 0.5,
    retentionDays: 0,
    storageGiB: -1,
    notify: 'https://hooks.example.com/secret' as unknown as MonitoringProps['notify'] & object,
    notifyPorts: [0],
    alerts: [
      { name: 'queue too long', expression: 'x', minutes: 1, severity: 'warning', summary: '' },
      { name: 'A', expression: 'x', minutes: 1, severity: 'warning', summary: '' },
      { name: 'A', expression: 'x', minutes: 1, severity: 'warning', summary: '' },
    ],
    images: { prometheus: 'docker.io/prom/prometheus' },
    resources: { memoryMiB: 1024 },
  }).join('\n');
  for (const expected of [
    'intervalSeconds: 0.5 was given',
    'retentionDays: 0 was given',
    'storageGiB: -1 was given',
    'notify: a value was given where a secret reference belongs',
    'notifyPorts: 0 is no port',
    'alerts: "queue too long" is no name',
    'alerts: "A" is given twice',
    'images.prometheus: "docker.io/prom/prometheus" has neither tag nor digest',
    'resources.memoryLimitMiB: 512 is below the request of 1024',
  ])
    expect(wrong).toContain(expected);
  expect(wrong).not.toContain('hooks.example.com');
  expect(problemsOf(everything)).toEqual([]);
});

test('an alert of the same name takes the place of ours', () => {
  const own = {
    name: 'TargetDown',
    expression: 'up == 0',
    minutes: 1,
    severity: 'critical',
    summary: 's',
  } as const;
  const rules = settingsOf({ alerts: [own] })['rules.yml'] ?? '';
  expect(rules.match(/alert: TargetDown/g)).toHaveLength(1);
  expect(rules).toContain('for: 1m');
});

const withPromtool = spawnSync('promtool', ['--version']).error ? describe.skip : describe;
if (withPromtool === describe.skip)
  console.warn('Without promtool neither settings nor alerts are tried: apt-get install prometheus');

withPromtool('as promtool reads it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-monitoring-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const promtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: folder, encoding: 'utf8' });
    return status === 0 ? 'well' : `${stdout}${stderr}`;
  };
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const settle = (props?: MonitoringProps) => {
    for (const [name, text] of Object.entries(settingsOf(props)))
      write(
        name,
        discoverFromFiles(text).replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', folder),
      );
    for (const name of ['ca.crt', 'token', 'pod.json', 'node.json'])
      write(name, name.endsWith('json') ? '[]' : '');
  };

  test.each([
    ['defaults', undefined],
    ['every prop', everything],
  ])('settings and rules are right with %s', (_, props) => {
    settle(props);
    expect(promtool('check', 'config', 'prometheus.yml')).toBe('well');
  });

  /** Minutes, what is measured, and whose alert it must be, if anybody's. */
  const CASES: readonly (readonly [
    alert: string,
    minutes: number,
    series: Record<string, string>,
    fires: boolean,
  ])[] = [
    ['TargetDown', 11, { 'up{job="pods",pod="web-1"}': '0x20' }, true],
    ['TargetDown', 11, { 'up{job="pods",pod="web-1"}': '0x5 1x20' }, false],
    [
      'WorkloadUnavailable',
      16,
      {
        'kube_deployment_spec_replicas{namespace="lunch",deployment="web"}': '2x20',
        'kube_deployment_status_replicas_available{namespace="lunch",deployment="web"}': '1x20',
      },
      true,
    ],
    [
      'WorkloadUnavailable',
      16,
      {
        'kube_statefulset_replicas{namespace="lunch",statefulset="cache"}': '1x20',
        'kube_statefulset_status_replicas_ready{namespace="lunch",statefulset="cache"}': '0x20',
      },
      true,
    ],
    [
      'WorkloadUnavailable',
      16,
      {
        'kube_deployment_spec_replicas{namespace="lunch",deployment="web"}': '2x20',
        'kube_deployment_status_replicas_available{namespace="lunch",deployment="web"}': '2x20',
      },
      false,
    ],
    [
      'ContainerCrashLooping',
      15,
      // It waits, runs for a moment, and waits again.
      {
        'kube_pod_container_status_waiting_reason{namespace="lunch",pod="web-1",container="web",reason="CrashLoopBackOff"}':
          '1 1 _ 1 1 _ 1 1 _ 1 1 _ 1 1 _ 1 1',
      },
      true,
    ],
    [
      'ContainerCrashLooping',
      15,
      {
        'kube_pod_container_status_waiting_reason{namespace="lunch",pod="web-1",container="web",reason="ContainerCreating"}':
          '1x20',
      },
      false,
    ],
    [
      'ContainerOutOfMemory',
      10,
      {
        'kube_pod_container_status_restarts_total{namespace="lunch",pod="web-1",container="web"}': '0x5 1x10',
        'kube_pod_container_status_last_terminated_reason{namespace="lunch",pod="web-1",container="web",reason="OOMKilled"}':
          '_x5 1x10',
      },
      true,
    ],
    [
      'ContainerOutOfMemory',
      10,
      {
        'kube_pod_container_status_restarts_total{namespace="lunch",pod="web-1",container="web"}': '0x5 1x10',
        'kube_pod_container_status_last_terminated_reason{namespace="lunch",pod="web-1",container="web",reason="Error"}':
          '_x5 1x10',
      },
      false,
    ],
    [
      'JobFailed',
      6,
      {
        'kube_job_failed{namespace="registry",job_name="registry-garbage-collection-1",condition="true"}':
          '1x10',
      },
      true,
    ],
    [
      'JobFailed',
      6,
      {
        'kube_job_failed{namespace="registry",job_name="registry-garbage-collection-1",condition="false"}':
          '1x10',
      },
      false,
    ],
    [
      'NodeDiskAlmostFull',
      16,
      {
        'container_fs_usage_bytes{node="one",device="/dev/vda1",id="/"}': '90x20',
        'container_fs_limit_bytes{node="one",device="/dev/vda1",id="/"}': '100x20',
      },
      true,
    ],
    [
      'NodeDiskAlmostFull',
      16,
      {
        'container_fs_usage_bytes{node="one",device="/dev/vda1",id="/"}': '80x20',
        'container_fs_limit_bytes{node="one",device="/dev/vda1",id="/"}': '100x20',
      },
      false,
    ],
    [
      'NodeMemoryAlmostFull',
      16,
      {
        'node_memory_working_set_bytes{job="kubelet-resource",node="one"}': '95x20',
        'machine_memory_bytes{job="kubelet-cadvisor",node="one",machine_id="m"}': '100x20',
      },
      true,
    ],
    [
      'NodeMemoryAlmostFull',
      16,
      {
        'node_memory_working_set_bytes{job="kubelet-resource",node="one"}': '50x20',
        'machine_memory_bytes{job="kubelet-cadvisor",node="one",machine_id="m"}': '100x20',
      },
      false,
    ],
    [
      'CertificateExpiring',
      70,
      { 'certmanager_certificate_expiration_timestamp_seconds{name="web"}': `${13 * 86400}x80` },
      true,
    ],
    [
      'CertificateExpiring',
      70,
      { 'certmanager_certificate_expiration_timestamp_seconds{name="web"}': `${30 * 86400}x80` },
      false,
    ],
  ];

  test('every alert comes when it should, and only then', () => {
    settle();
    const names = (settingsOf()['rules.yml'] ?? '').match(/(?<=alert: )\w+/g) ?? [];
    expect([...new Set(CASES.filter(([, , , fires]) => fires).map(([alert]) => alert))].sort()).toEqual(
      [...names].sort(),
    );
    const count = (name: string) => `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`;
    const tests = CASES.map(([alert, minutes, series, fires]) => ({
      name: alert,
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      promql_expr_test: names.map((name) => ({
        expr: count(name),
        eval_time: `${minutes}m`,
        exp_samples: [{ labels: '{}', value: fires && name === alert ? 1 : 0 }],
      })),
    }));
    write('tests.yml', dump({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests }));
    expect(promtool('test', 'rules', 'tests.yml')).toBe('well');
  });
});
