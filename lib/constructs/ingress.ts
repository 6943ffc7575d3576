import { Construct } from 'constructs';
import type { Ingress as KubeIngress } from 'kubernetes-types/networking/v1';
import type { IssuerName } from '../config/issuer.js';
import { nameProblem } from '../config/name.js';
import { apiObject } from '../kube/api-object.js';
import { findContext } from '../kube/context.js';
import { TRAEFIK } from '../kube/ingress-controller.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { protocolOf } from '../kube/port.js';
import { completeHost, type Route, routeOf, routeProblems } from '../kube/route.js';
import { addCertificate, issuerProblems } from './certificate.js';
import { addIngressRoute } from './ingress-route.js';

export interface IngressProps {
  /** Names the Ingress, its Certificate and the Certificate's secret. @default the construct's id */
  readonly name?: string;
  /** Host names, or hosts with path, port and middlewares. */
  readonly routes: readonly (string | Route)[];
  /** The Kubernetes Service that answers, and its ports by name; the first is the main one. */
  readonly service: { readonly name: string; readonly ports: Readonly<Record<string, number>> };
  /** The ClusterIssuer that signs the certificate. @default the environment's, else letsencrypt-staging */
  readonly issuer?: IssuerName;
}

const KEYS: KeysOf<IngressProps> = { name: true, routes: true, service: true, issuer: true };

interface Target extends Route {
  readonly path: string;
  readonly port: string;
  readonly number: number;
}

/**
 * Leads requests from outside to a Service, over TLS only, with one certificate for all its hosts.
 *
 * Plain routes become an Ingress. What an Ingress says of all its routes or not at all becomes an IngressRoute of
 * traefik beside it: gRPC (h2c), middlewares, wildcards that yield to hosts that are written out.
 *
 * @example
 * new Ingress(chart, 'web', { routes: ['www.example.com'], service: { name: 'web', ports: { http: 8080 } } });
 */
export class Ingress extends Construct {
  /** Complete host names. */
  readonly hosts: readonly string[];

  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const domain = findContext(this)?.domain;
    const { name = id, service, issuer } = props;
    const routes = props.routes.map(routeOf);
    const [mainPort = ''] = Object.keys(service.ports);
    const targets = routes.map(
      ({ host, path = '/', port = mainPort, middlewares }): Target => ({
        host: completeHost(host, domain),
        path,
        port,
        number: service.ports[port] ?? 0,
        ...(middlewares && { middlewares }),
      }),
    );
    this.hosts = [...new Set(targets.map(({ host }) => host))];
    const tlsSecret = addCertificate(this, {
      name,
      hosts: this.hosts,
      ...(issuer !== undefined && { issuer }),
    });

    const plain = targets.filter(isPlain);
    if (plain.length > 0) this.addIngress(name, plain, service.name, tlsSecret);
    const special = targets.filter((target) => !isPlain(target));
    if (special.length > 0)
      addIngressRoute(this, name, {
        routes: special.map(({ host, path, port, number, middlewares = [] }) => ({
          host,
          path,
          middlewares,
          service: {
            name: service.name,
            port: number,
            ...(protocolOf(port) === 'grpc' && { scheme: 'h2c' as const }),
          },
        })),
        tlsSecret,
      });
    this.node.addValidation({
      validate: () => [
        ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
        ...routeProblems(routes, Object.keys(service.ports), domain),
        ...issuerProblems(issuer),
      ],
    });
  }

  private addIngress(
    name: string,
    targets: readonly Target[],
    serviceName: string,
    secretName: string,
  ): void {
    const hosts = [...new Set(targets.map(({ host }) => host))];
    apiObject<KubeIngress>(this, 'ingress', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure' } },
      spec: {
        ingressClassName: TRAEFIK.className,
        tls: [{ hosts, secretName }],
        rules: hosts.map((host) => ({
          host,
          http: {
            paths: targets
              .filter((target) => target.host === host)
              .map(({ path, number }) => ({
                path,
                pathType: 'Prefix',
                backend: { service: { name: serviceName, port: { number } } },
              })),
          },
        })),
      },
    });
  }
}

const isPlain = ({ host, port, middlewares = [] }: Target): boolean =>
  middlewares.length === 0 && protocolOf(port) !== 'grpc' && !host.startsWith('*.');
