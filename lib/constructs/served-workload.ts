import type { Construct } from 'constructs';
import type { Container } from 'kubernetes-types/core/v1';
import type { IssuerName } from '../config/issuer.js';
import { nameProblem } from '../config/name.js';
import { addClusterService } from '../kube/cluster-service.js';
import type { ComponentKind } from '../kube/component.js';
import { namespaceOf } from '../kube/context.js';
import { type Endpoint, serviceVariables } from '../kube/endpoint.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import type { KeysOf } from '../kube/known-keys.js';
import { portProblem } from '../kube/port.js';
import { healthProblem, probes } from '../kube/probes.js';
import type { Route } from '../kube/route.js';
import { dependentsOf } from '../kube/uses.js';
import { Ingress } from './ingress.js';
import { Workload } from './workload.js';
import { WORKLOAD_KEYS, type WorkloadProps } from './workload-props.js';

/** What every workload takes that answers requests. */
export interface ServedWorkloadProps extends WorkloadProps {
  /**
   * Port by name; the Service listens on the port of the container. The first one is what dependents get as
   * `<NAME>_PORT`. The name tells the protocol: `grpc` or `grpc-…` is probed by gRPC, `http` or `http-…` by HTTP,
   * others by TCP.
   */
  readonly ports: Readonly<Record<string, number>>;
  /**
   * Where it answers outside the cluster: host names, or routes with path, port and middlewares; see {@link Ingress}.
   * @default reachable inside the cluster only
   */
  readonly host?: string | Route | readonly (string | Route)[];
  /** Signs the certificate of `host`. @default the environment's */
  readonly issuer?: IssuerName;
  /** How many pods. */
  readonly replicas?: number;
  /**
   * When it can take requests: over HTTP the path that answers 2xx or 3xx, over gRPC the name that the health service
   * is asked for. @default `/` over HTTP, the whole server over gRPC
   */
  readonly health?: string;
  /** Seconds that a start may take before it is given up and tried again. @default 60 */
  readonly startSeconds?: number;
}

export const SERVED_KEYS: KeysOf<ServedWorkloadProps> = {
  ...WORKLOAD_KEYS,
  ports: true,
  host: true,
  issuer: true,
  replicas: true,
  health: true,
  startSeconds: true,
};

/** Seconds between "stop" and SIGTERM, in which the ingress learns that the pod is gone. */
const DRAIN_SECONDS = 10;

/** A workload with a Service before its pods: an endpoint for others, with a host also for the outside. */
export abstract class ServedWorkload extends Workload implements Endpoint {
  readonly ports: readonly number[];
  readonly variables: Readonly<Record<string, string>>;
  /** Complete host names outside the cluster. */
  readonly hosts: readonly string[];
  private readonly served: ServedWorkloadProps;

  protected constructor(scope: Construct, id: string, kind: ComponentKind, props: ServedWorkloadProps) {
    super(scope, id, props);
    // Nothing checks an application's types before it runs: without ports the rest must get as far as their problem.
    this.served = { ...props, ports: props.ports ?? {} };
    const { served, name } = this;
    const namespace = namespaceOf(this);
    this.ports = Object.values(served.ports);
    this.variables = serviceVariables(name, namespace, served.ports);
    addClusterService(this, { name: this.name, ports: this.served.ports });
    const routes = [served.host ?? []].flat() as readonly (string | Route)[];
    const ingress = routes.length > 0 ? this.addIngress(routes) : undefined;
    this.hosts = ingress?.hosts ?? [];
    const outside = [...new Set(routes.map((route) => this.portOf(route)))];
    this.addSurroundings(kind, {
      endpoint: this,
      hosts: this.hosts,
      ways: () => [
        { peers: outside.length > 0 ? [TRAEFIK.peer] : [], ports: outside },
        { peers: dependentsOf(this), ports: this.ports },
      ],
    });
    this.node.addValidation({ validate: () => this.servedProblems() });
  }

  /** Ports, probes and a stop that loses no request. */
  protected servedContainer(): Partial<Container> {
    const { ports, health, startSeconds = 60 } = this.served;
    const [name = '', port = 0] = Object.entries(ports)[0] ?? [];
    return {
      ports: Object.entries(ports).map(([key, containerPort]) => ({ name: key, containerPort })),
      ...probes(name, port, { startSeconds, ...(health !== undefined && { health }) }),
      // Kubernetes sleeps itself: an image without a shell drains as well.
      lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
    };
  }

  private portOf(route: string | Route): number {
    const port = typeof route === 'string' ? undefined : route.port;
    return (port === undefined ? this.ports[0] : this.served.ports[port]) ?? 0;
  }

  private addIngress(routes: readonly (string | Route)[]): Ingress {
    const { name } = this;
    const { ports, issuer } = this.served;
    return new Ingress(this, 'ingress', {
      name,
      routes,
      service: { name, ports },
      ...(issuer !== undefined && { issuer }),
    });
  }

  private servedProblems(): string[] {
    const { ports, replicas, health, startSeconds = 60, stopSeconds = 30 } = this.served;
    const duplicates = this.ports.filter((port, index) => this.ports.indexOf(port) !== index);
    const mainName = Object.keys(ports)[0];
    return [
      ...(mainName === undefined
        ? ['ports: none was given; a service answers on at least one, as { http: 8080 }']
        : []),
      ...Object.entries(ports).flatMap(([key, port]) => [
        ...(nameProblem(key, 15) ? [`ports: ${nameProblem(key, 15)}`] : []),
        ...(portProblem(port) ? [`ports.${key}: ${portProblem(port)}`] : []),
      ]),
      ...duplicates.map((port) => `ports: ${port} is given twice`),
      ...(replicas === undefined || (Number.isInteger(replicas) && replicas >= 0)
        ? []
        : [`replicas: ${replicas} was given; a whole number is expected`]),
      ...(mainName === undefined ? [] : healthProblem(mainName, health)),
      ...(stopSeconds > DRAIN_SECONDS
        ? []
        : [
            `stopSeconds: ${stopSeconds} was given; more than ${DRAIN_SECONDS} are needed, because the ingress learns in them that the pod is gone`,
          ]),
      ...(Number.isInteger(startSeconds) && startSeconds > 0
        ? []
        : [`startSeconds: ${startSeconds} was given; a whole number above 0 is expected`]),
    ];
  }
}
