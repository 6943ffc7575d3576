import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Container, Service as KubeService } from 'kubernetes-types/core/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import { imageProblem } from '../config/images.js';
import type { IssuerName } from '../config/issuer.js';
import { nameProblem } from '../config/name.js';
import { apiObject } from '../kube/api-object.js';
import { findContext, namespaceOf } from '../kube/context.js';
import {
  type Endpoint,
  endpointVariables,
  envVar,
  type NetworkPeer,
  serviceVariables,
} from '../kube/endpoint.js';
import { environmentProblems } from '../kube/environment-variables.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import { labels, NAME } from '../kube/labels.js';
import { podSpec } from '../kube/pod.js';
import { portProblem } from '../kube/port.js';
import { probes } from '../kube/probes.js';
import { type Resources, resourceProblems, resourceRequirements } from '../kube/resources.js';
import { declareSecret, isSecretRef, type SecretRef } from '../kube/secret-ref.js';
import { addServiceAccount } from '../kube/service-account.js';
import { declareEndpoint, declareUses, dependentsOf, type Usable } from '../kube/uses.js';
import { Ingress } from './ingress.js';
import { WorkloadPolicy } from './workload-policy.js';

export interface ServiceProps {
  /** `repository:tag`, better with `@sha256:…`; inside an environment `env.image('web')`. */
  readonly image: string;
  /**
   * Port by name; the Service listens on the port of the container. The first one is what dependents get as
   * `<NAME>_PORT`. A port named `grpc` is probed by gRPC, one named `http` by HTTP, others by TCP.
   */
  readonly ports: Readonly<Record<string, number>>;
  /** Names all objects. @default the construct's id */
  readonly name?: string;
  /** What it connects to: brings their addresses as variables and opens the network path. @default nothing */
  readonly uses?: readonly Usable[];
  /** Host names outside the cluster; see {@link Ingress}. @default reachable inside the cluster only */
  readonly host?: string | readonly string[];
  /** Path prefix under `host`. @default / */
  readonly path?: string;
  /** Signs the certificate of `host`. @default the environment's */
  readonly issuer?: IssuerName;
  /** Variables: plain text or a reference to a secret. @default none */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
  /** How many pods. @default 2: one may be updated, moved or lost without a failed request */
  readonly replicas?: number;
  /** Path that answers 2xx or 3xx when the service can take requests. @default / */
  readonly health?: string;
  /** @default 25 thousandths of a core, 64 MiB (at most 256 MiB), 256 MiB of disk */
  readonly resources?: Resources;
  /** Replaces the image's entry point. @default the image's */
  readonly command?: readonly string[];
  /** Arguments of the command. @default the image's */
  readonly args?: readonly string[];
}

/** Seconds between "stop" and SIGTERM, in which the ingress learns that the pod is gone. */
const DRAIN_SECONDS = 10;

/**
 * A service that answers requests: Deployment, Service, service account, disruption budget, network policy and, with
 * a host, Ingress and Certificate.
 *
 * @example
 * const cache = new Redis(env, 'cache');
 * new Service(env, 'web', { image: env.image('web'), ports: { http: 8080 }, host: 'www', uses: [cache] });
 */
export class Service extends Construct implements Endpoint {
  readonly name: string;
  readonly peer: NetworkPeer;
  readonly ports: readonly number[];
  readonly variables: Readonly<Record<string, string>>;
  /** Complete host names outside the cluster. */
  readonly hosts: readonly string[];

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const namespace = namespaceOf(this);
    this.name = props.name ?? id;
    this.peer = { kind: 'pods', name: this.name, namespace };
    this.ports = Object.values(props.ports);
    this.variables = serviceVariables(this.name, namespace, props.ports);
    const { endpoints } = declareUses(this, this.peer, props.uses ?? []);
    declareEndpoint(this);
    for (const value of Object.values(props.env ?? {})) if (isSecretRef(value)) declareSecret(this, value);

    this.addWorkload(props, endpoints);
    this.addService(props);
    const hosts = typeof props.host === 'string' ? [props.host] : (props.host ?? []);
    this.hosts = hosts.length > 0 ? this.addIngress(hosts, props) : [];
    const mainPort = this.ports.slice(0, 1);
    new WorkloadPolicy(this, 'network', {
      name: this.name,
      namespace,
      from: () => [
        { peers: this.hosts.length > 0 ? [TRAEFIK.peer] : [], ports: mainPort },
        { peers: dependentsOf(this), ports: this.ports },
      ],
      to: endpoints,
    });
    this.node.addValidation({ validate: () => this.problems(props) });
  }

  private addWorkload(props: ServiceProps, endpoints: () => Endpoint[]): void {
    const { name } = this;
    const { replicas = 2 } = props;
    addServiceAccount(this, name);
    apiObject<Deployment>(this, 'deployment', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name },
      spec: {
        replicas,
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 300,
        selector: { matchLabels: { [NAME]: name } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels: labels(this, name) },
          spec: podSpec(name, { containers: [this.container(props, endpoints)] }),
        },
      },
    });
    if (replicas > 1)
      apiObject<PodDisruptionBudget>(this, 'disruption-budget', {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name },
        spec: { maxUnavailable: 1, selector: { matchLabels: { [NAME]: name } } },
      });
  }

  private container(props: ServiceProps, endpoints: () => Endpoint[]): Container {
    const [portName = '', port = 0] = Object.entries(props.ports)[0] ?? [];
    return {
      name: this.name,
      image: props.image,
      imagePullPolicy: 'IfNotPresent',
      ...(props.command && { command: [...props.command] }),
      ...(props.args && { args: [...props.args] }),
      env: Lazy.any({
        produce: () =>
          Object.entries({ ...endpointVariables(endpoints()), ...props.env }).map(([key, value]) =>
            envVar(key, value),
          ),
      }),
      ports: Object.entries(props.ports).map(([key, containerPort]) => ({ name: key, containerPort })),
      resources: resourceRequirements(props.resources),
      ...probes(portName, port, props.health ?? '/'),
      // Kubernetes sleeps itself: an image without a shell drains as well.
      lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
    };
  }

  private addService({ ports }: ServiceProps): void {
    apiObject<KubeService>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: this.name,
        ...(Object.keys(ports)[0] === 'grpc' && {
          annotations: { 'traefik.ingress.kubernetes.io/service.serversscheme': 'h2c' },
        }),
      },
      spec: {
        type: 'ClusterIP',
        selector: { [NAME]: this.name },
        ports: Object.entries(ports).map(([name, port]) => ({
          name,
          port,
          targetPort: name,
          protocol: 'TCP',
        })),
      },
    });
  }

  private addIngress(hosts: readonly string[], { path, issuer }: ServiceProps): readonly string[] {
    return new Ingress(this, 'ingress', {
      name: this.name,
      hosts,
      service: { name: this.name, port: this.ports[0] ?? 0 },
      ...(path !== undefined && { path }),
      ...(issuer !== undefined && { issuer }),
    }).hosts;
  }

  private problems(props: ServiceProps): string[] {
    const { replicas = 2, health = '/' } = props;
    const name = nameProblem(this.name);
    const image = imageProblem(props.image, { versionRequired: !findContext(this)?.personal });
    const duplicates = this.ports.filter((port, index) => this.ports.indexOf(port) !== index);
    return [
      ...(name ? [`name: ${name}`] : []),
      ...(image ? [`image: ${image}`] : []),
      ...(this.ports.length === 0
        ? ['ports: none was given; a service answers on at least one, as { http: 8080 }']
        : []),
      ...Object.entries(props.ports).flatMap(([key, port]) => [
        ...(nameProblem(key, 15) ? [`ports: ${nameProblem(key, 15)}`] : []),
        ...(portProblem(port) ? [`ports.${key}: ${portProblem(port)}`] : []),
      ]),
      ...duplicates.map((port) => `ports: ${port} is given twice`),
      ...(Number.isInteger(replicas) && replicas >= 0
        ? []
        : [`replicas: ${replicas} was given; a whole number is expected`]),
      ...(health.startsWith('/') ? [] : [`health: ${JSON.stringify(health)} must begin with "/"`]),
      ...resourceProblems(props.resources),
      ...environmentProblems(props.env),
    ];
  }
}
