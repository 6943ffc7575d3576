import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dump } from 'js-yaml';
import { ALERTS, ruleFile } from '../../lib/constructs/monitoring/alerts.js';
import { scrapeConfiguration } from '../../lib/constructs/monitoring/scrape.js';
import { metricsAnnotations } from '../../lib/kube/metrics.js';
import {
  type Discovered,
  discoverFromFiles,
  PrometheusProcess,
  prometheusMissing,
} from '../support/prometheus-process.js';
import { until } from '../support/until.js';

/* Our settings in a real Prometheus, which is told of pods in the words of Kubernetes' discovery. */

jest.setTimeout(90_000);

const missing = prometheusMissing();
if (missing)
  console.warn('Without prometheus no settings are tried on a real one: apt-get install prometheus');
const withPrometheus = missing ? describe.skip : describe;

const prometheus = new PrometheusProcess();
let server: Server;
let port = 0;
const asked: string[] = [];
const tokens = new Map<string, string | undefined>();

/** One discovered port, as `kubernetes_sd_configs` describes it. */
const podPort = (
  name: string,
  containerPort: number,
  { phase = 'Running', annotations = {} }: { phase?: string; annotations?: Record<string, string> },
): Discovered => ({
  targets: [`127.0.0.1:${containerPort}`],
  labels: {
    __meta_kubernetes_namespace: 'lunch',
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_phase: phase,
    __meta_kubernetes_pod_node_name: 'one',
    __meta_kubernetes_pod_label_app_kubernetes_io_name: 'web',
    __meta_kubernetes_pod_container_port_number: `${containerPort}`,
    ...Object.fromEntries(
      Object.entries(annotations).map(([key, value]) => [
        `__meta_kubernetes_pod_annotation_${key.replace(/\W/g, '_')}`,
        value,
      ]),
    ),
  },
});

withPrometheus('a real Prometheus', () => {
  beforeAll(async () => {
    server = createServer(({ url = '', headers }, response) => {
      asked.push(url);
      tokens.set(url, headers.authorization);
      if (url.startsWith('/many'))
        response.end(Array.from({ length: 10_001 }, (_, index) => `many{n="${index}"} 1\n`).join(''));
      else response.end('requests_total 7\ncontainer_fs_usage_bytes{id="/"} 1\ncontainer_other{id="/"} 1\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
    const annotations = metricsAnnotations({ port });
    const settings = scrapeConfiguration({
      interval: 1,
      namespace: 'monitoring',
      nodes: true,
      alertmanager: false,
    });
    await prometheus.start(
      {
        'prometheus.yml': discoverFromFiles(dump(settings, { noRefs: true }))
          .replaceAll('/var/run/secrets/kubernetes.io/serviceaccount', 'ACCOUNT')
          // There is no authority here that could have signed for a node.
          .replace(/scheme: https|tls_config:\n\s+ca_file: .*/g, '')
          .replaceAll('scrape_timeout: 10s', 'scrape_timeout: 1s'),
        'rules.yml': dump(ruleFile(ALERTS)),
        token: 'a-token',
      },
      {
        pod: [
          // Two ports of one pod, neither of which is the one for metrics.
          podPort('web-1', 8080, { annotations }),
          podPort('web-1', 8081, { annotations }),
          podPort('other-path', port, { annotations: metricsAnnotations({ port, path: '/own' }) }),
          podPort('too-many', port, { annotations: metricsAnnotations({ port, path: '/many' }) }),
          podPort('silent', port, {}),
          podPort('done', port, { phase: 'Succeeded', annotations }),
        ],
        node: [{ targets: [`127.0.0.1:${port}`], labels: { __meta_kubernetes_node_name: 'one' } }],
      },
    );
    await until('all targets were asked', async () => {
      const targets = [
        ...(await prometheus.targets('pods')),
        ...(await prometheus.targets('kubelet-cadvisor')),
      ];
      return targets.length > 0 && targets.every(({ health }) => health !== 'unknown');
    });
  });
  afterAll(async () => {
    await prometheus.remove();
    await new Promise((resolve) => server.close(resolve));
  });

  test('asks the running pods that declare metrics, each once, on the port and path that they say', async () => {
    const targets = await prometheus.targets('pods');
    expect(targets.map(({ scrapeUrl, labels: { pod } }) => `${pod} ${scrapeUrl}`).sort()).toEqual([
      `other-path http://127.0.0.1:${port}/own`,
      `too-many http://127.0.0.1:${port}/many`,
      `web-1 http://127.0.0.1:${port}/metrics`,
    ]);
    expect(targets.find(({ labels: { pod } }) => pod === 'web-1')).toMatchObject({
      health: 'up',
      labels: { namespace: 'lunch', pod: 'web-1', app: 'web', node: 'one', job: 'pods' },
    });
    expect(asked).toContain('/own');
  });

  test('stores what they answer under their names', async () => {
    await until(
      'samples are there',
      async () => (await prometheus.query('requests_total{pod="web-1"}')).length === 1,
    );
    expect((await prometheus.query('requests_total{pod="web-1"}'))[0]).toMatchObject({ namespace: 'lunch' });
  });

  test('lets nobody fill it: an answer that is too long counts as down', async () => {
    const [target] = (await prometheus.targets('pods')).filter(({ labels: { pod } }) => pod === 'too-many');
    expect(target).toMatchObject({ health: 'down', lastError: expect.stringContaining('sample limit') });
  });

  test('keeps of a node only what is used', async () => {
    await until(
      'samples are there',
      async () =>
        (await prometheus.query('container_fs_usage_bytes{job="kubelet-cadvisor",node="one"}')).length === 1,
    );
    const names = (await prometheus.query('{job="kubelet-cadvisor"}')).map(({ __name__ = '' }) => __name__);
    expect(names.filter((name) => name.startsWith('container'))).toEqual(['container_fs_usage_bytes']);
  });

  test('shows its account to nodes, and to nobody else', () => {
    expect(tokens.get('/metrics/cadvisor')).toBe('Bearer a-token');
    expect(tokens.get('/metrics/resource')).toBe('Bearer a-token');
    expect(tokens.get('/metrics')).toBeUndefined();
  });

  test('asks itself, and evaluates the alerts without an error', async () => {
    await until(
      'it asks itself',
      async () => (await prometheus.query('up{job="prometheus"} == 1')).length === 1,
    );
    await until(
      'rules ran',
      async () => (await prometheus.query('prometheus_rule_evaluations_total > 8')).length === 1,
    );
    expect(await prometheus.query('prometheus_rule_evaluation_failures_total > 0')).toEqual([]);
  });
});
