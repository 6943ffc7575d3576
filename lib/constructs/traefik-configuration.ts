import { Construct } from 'constructs';
import { dump } from 'js-yaml';
import { addressProblem } from '../config/address.js';
import { defined } from '../config/defined.js';
import type { HelmChartConfig } from '../generated/custom-resources/k3s.js';
import { apiObject } from '../kube/api-object.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { type Resources, resourceProblems, resourceRequirements } from '../kube/resources.js';

export interface TraefikConfigurationProps {
  /**
   * Addresses of load balancers in front of the machines, such as `10.0.0.0/8`: their `X-Forwarded-…` headers and
   * PROXY protocol are believed. @default none: clients connect to the machines
   */
  readonly trustedProxies?: readonly string[];
  /** One line of JSON a request on standard output, without headers. @default true */
  readonly accessLog?: boolean;
  /** Of the traefik on each machine. @default 50 thousandths of a core, 64 MiB (at most 256 MiB), 64 MiB of disk */
  readonly resources?: Resources;
  /** More arguments of traefik itself, such as `--log.level=DEBUG`. @default none */
  readonly arguments?: readonly string[];
  /** Values of traefik's chart; one replaces ours of the same key as a whole. @default none */
  readonly values?: Readonly<Record<string, unknown>>;
}

const KEYS: KeysOf<TraefikConfigurationProps> = {
  trustedProxies: true,
  accessLog: true,
  resources: true,
  arguments: true,
  values: true,
};

/** Seconds in which a traefik that ends still takes requests, while the cluster learns that it is gone. */
const ACCEPT_SECONDS = 10;
/** Seconds that a request may then still take; with the ten before, within the pod's sixty. */
const FINISH_SECONDS = 40;

/**
 * Configures the traefik that k3s brings, through the object that k3s leaves to its users: one traefik on each
 * machine, so that every machine's address answers and the client's address is known; http leads to https, TLS is 1.2
 * at least, and an update loses no request.
 *
 * What traefik's charts name differently from version to version is said as arguments of traefik itself: k3s 1.34
 * alone has shipped charts 37 and 39, and an unknown value is dropped by one and refused by another.
 *
 * @see https://docs.k3s.io/add-ons/helm#customizing-packaged-components-with-helmchartconfig
 * @example
 * new TraefikConfiguration(chart, 'traefik', { trustedProxies: ['10.0.0.0/8'] });
 */
export class TraefikConfiguration extends Construct {
  constructor(scope: Construct, id: string, props: TraefikConfigurationProps = {}) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    apiObject<HelmChartConfig>(this, 'configuration', {
      apiVersion: 'helm.cattle.io/v1',
      kind: 'HelmChartConfig',
      metadata: { name: 'traefik', namespace: 'kube-system' },
      spec: { valuesContent: dump(chartValues(props), { lineWidth: -1, noRefs: true }) },
    });
    this.node.addValidation({
      validate: () => [
        ...resourceProblems(props.resources),
        // Traefik would not open the entry point at all.
        ...(props.trustedProxies ?? [])
          .map(addressProblem)
          .flatMap((problem) => (problem ? [`trustedProxies: ${problem}`] : [])),
        ...(props.arguments ?? [])
          .filter((argument) => !argument.startsWith('--'))
          .map((argument) => `arguments: ${JSON.stringify(argument)} must begin with "--"`),
        ...(props.values && 'additionalArguments' in props.values
          ? [
              'values.additionalArguments: would replace ours, the redirect to https among them; use "arguments"',
            ]
          : []),
      ],
    });
  }
}

/** Each of them is in charts 37 to 41. @see https://github.com/traefik/traefik-helm-chart/blob/master/traefik/VALUES.md */
const chartValues = (props: TraefikConfigurationProps): Record<string, unknown> => ({
  additionalArguments: staticArguments(props),
  deployment: {
    kind: 'DaemonSet',
    terminationGracePeriodSeconds: 60,
    // The chart's port; k3s' own values have named another one, where nothing answers.
    podAnnotations: { 'prometheus.io/port': '9100' },
  },
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  // Otherwise every client has the address of a node: limits by address would hold for all of them together.
  service: { spec: { externalTrafficPolicy: 'Local' } },
  resources: resourceRequirements({ cpuMillis: 50, ephemeralStorageMiB: 64, ...defined(props.resources) }),
  tlsOptions: { default: { minVersion: 'VersionTLS12' } },
  ...props.values,
});

/** @see https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/ */
function staticArguments({
  trustedProxies = [],
  accessLog = true,
  arguments: more = [],
}: TraefikConfigurationProps) {
  const entryPoints = ['web', 'websecure'].flatMap((name) => {
    const prefix = `--entryPoints.${name}`;
    return [
      `${prefix}.transport.lifeCycle.requestAcceptGraceTimeout=${ACCEPT_SECONDS}`,
      `${prefix}.transport.lifeCycle.graceTimeOut=${FINISH_SECONDS}`,
      ...(trustedProxies.length > 0
        ? [
            `${prefix}.forwardedHeaders.trustedIPs=${trustedProxies.join(',')}`,
            `${prefix}.proxyProtocol.trustedIPs=${trustedProxies.join(',')}`,
          ]
        : []),
    ];
  });
  return [
    // By number: traefik would lead to the port inside the container, 8443.
    '--entryPoints.web.http.redirections.entryPoint.to=:443',
    '--entryPoints.web.http.redirections.entryPoint.scheme=https',
    '--entryPoints.web.http.redirections.entryPoint.permanent=true',
    ...entryPoints,
    // `/api` is not `/apis`, as Kubernetes says of a prefix.
    '--providers.kubernetesIngress.strictPrefixMatching=true',
    ...(accessLog ? ['--accesslog=true', '--accesslog.format=json'] : []),
    ...more,
  ];
}
