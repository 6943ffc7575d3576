import { Construct } from 'constructs';
import { defined } from '../config/defined.js';
import { imageProblem } from '../config/images.js';
import { images } from '../config/versions.js';
import { namespaceOf } from '../kube/context.js';
import type { NetworkPeer } from '../kube/endpoint.js';
import { allowKeys, type KeysOf, unknownKeys } from '../kube/known-keys.js';
import { MONITORING } from '../kube/monitoring.js';
import { portProblem } from '../kube/port.js';
import { type Resources, resourceProblems } from '../kube/resources.js';
import { type SecretRef, secretRefProblem } from '../kube/secret-ref.js';
import { Alertmanager } from './monitoring/alertmanager.js';
import { ALERTS, type AlertRule } from './monitoring/alerts.js';
import { KubeStateMetrics } from './monitoring/kube-state-metrics.js';
import { Prometheus } from './monitoring/prometheus.js';

export interface MonitoringProps {
  /** Between two looks at every target, in seconds. @default 30 */
  readonly intervalSeconds?: number;
  /** How long samples are kept, unless the volume is full before. @default 15 */
  readonly retentionDays?: number;
  /** Size of the volume, in GiB. It cannot shrink. @default 5 */
  readonly storageGiB?: number;
  /** @default the cluster's default */
  readonly storageClass?: string;
  /** Ask the nodes too: memory and CPU of every container, fullness of disks. @default true */
  readonly nodes?: boolean;
  /** The whole `alertmanager.yml`, with the addresses that alerts go to. @default alerts are shown, and sent nowhere */
  readonly notify?: SecretRef;
  /** Ports of the internet that alerts are sent to; 587 for mail. @default 443 */
  readonly notifyPorts?: readonly number[];
  /** Besides our own; one of the same name takes the place of ours. @default none */
  readonly alerts?: readonly AlertRule[];
  /** Pods that may ask Prometheus, such as a Grafana's. @default none: port forwards */
  readonly clients?: readonly NetworkPeer[];
  /** Of Prometheus. @default 50 thousandths of a core, 192 MiB (at most 512 MiB), 256 MiB of disk */
  readonly resources?: Resources;
  /** @default those of `lib/config/versions.ts` */
  readonly images?: Partial<Readonly<Record<'prometheus' | 'alertmanager' | 'kubeStateMetrics', string>>>;
}

const KEYS: KeysOf<MonitoringProps> = {
  intervalSeconds: true,
  retentionDays: true,
  storageGiB: true,
  storageClass: true,
  nodes: true,
  notify: true,
  notifyPorts: true,
  alerts: true,
  clients: true,
  resources: true,
  images: true,
};
const IMAGE_KEYS: KeysOf<NonNullable<MonitoringProps['images']>> = {
  prometheus: true,
  alertmanager: true,
  kubeStateMetrics: true,
};
const ALERT_KEYS: KeysOf<AlertRule> = {
  name: true,
  expression: true,
  minutes: true,
  severity: true,
  summary: true,
};

const RESOURCES = { cpuMillis: 50, memoryMiB: 192, memoryLimitMiB: 512 } as const satisfies Resources;

/**
 * One Prometheus, the state of the Kubernetes API as metrics, few alerts, and where they go. What a pod's annotations
 * declare is scraped, in every namespace of ours.
 *
 * It stands in the namespace `monitoring`: workloads admit the scrape from there.
 *
 * @example
 * const chart = new Chart(app, 'monitoring', { namespace: 'monitoring' });
 * new Monitoring(chart, 'monitoring', { notify: secretRef('alertmanager', 'configuration') });
 */
export class Monitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps = {}) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const { notify, storageClass, alerts = [], intervalSeconds = 30, retentionDays = 15 } = props;
    const image = { ...images, ...defined(props.images) };
    const own = alerts.map(({ name }) => name);
    new Prometheus(this, 'prometheus', {
      name: MONITORING.peer.name,
      image: image.prometheus,
      alerts: [...ALERTS.filter(({ name }) => !own.includes(name)), ...alerts],
      interval: intervalSeconds,
      retentionDays,
      storageGiB: props.storageGiB ?? 5,
      ...(storageClass !== undefined && { storageClass }),
      nodes: props.nodes ?? true,
      alertmanager: notify !== undefined,
      clients: props.clients ?? [],
      resources: { ...RESOURCES, ...defined(props.resources) },
    });
    new KubeStateMetrics(this, 'kube-state-metrics', { image: image.kubeStateMetrics });
    if (notify !== undefined)
      new Alertmanager(this, 'alertmanager', {
        image: image.alertmanager,
        configuration: notify,
        ports: props.notifyPorts ?? [443],
      });
    const namespace = namespaceOf(this);
    this.node.addValidation({ validate: () => problems(props, namespace) });
  }
}

function problems(props: MonitoringProps, namespace: string | undefined): string[] {
  const { notify, notifyPorts = [], alerts = [] } = props;
  const numbers = { intervalSeconds: 30, retentionDays: 15, storageGiB: 5, ...defined(props) };
  const names = alerts.map(({ name }) => name);
  return [
    ...(namespace === MONITORING.peer.namespace
      ? []
      : [
          `it stands in the namespace "${namespace ?? '(none)'}", but workloads admit the scrape from "${MONITORING.peer.namespace}" only; give the chart { namespace: "${MONITORING.peer.namespace}" }`,
        ]),
    ...(['intervalSeconds', 'retentionDays', 'storageGiB'] as const)
      .filter((key) => !(Number.isInteger(numbers[key]) && numbers[key] > 0))
      .map((key) => `${key}: ${numbers[key]} was given; a whole number above 0 is expected`),
    ...(notify === undefined || !secretRefProblem(notify) ? [] : [`notify: ${secretRefProblem(notify)}`]),
    ...notifyPorts.flatMap((port) => (portProblem(port) ? [`notifyPorts: ${portProblem(port)}`] : [])),
    ...names
      .filter((name) => !/^[A-Za-z_]\w*$/.test(name))
      .map(
        (name) =>
          `alerts: ${JSON.stringify(name)} is no name; use letters and digits, such as "QueueTooLong"`,
      ),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `alerts: "${name}" is given twice; once is enough`),
    ...alerts.flatMap((alert) => unknownKeys(alert, ALERT_KEYS, `alerts.${alert.name}.`)),
    ...unknownKeys(props.images ?? {}, IMAGE_KEYS, 'images.'),
    ...Object.entries(defined(props.images)).flatMap(([key, image]) => {
      const problem = imageProblem(image, { versionRequired: true });
      return problem ? [`images.${key}: ${problem}`] : [];
    }),
    ...resourceProblems(props.resources && { ...RESOURCES, ...defined(props.resources) }),
  ];
}
