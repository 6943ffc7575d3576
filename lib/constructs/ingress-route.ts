import { Construct } from 'constructs';
import { nameProblem } from '../config/name.js';
import type { IngressRoute as TraefikIngressRoute } from '../generated/custom-resources/traefik.js';
import { apiObject } from '../kube/api-object.js';
import { findContext } from '../kube/context.js';
import { allowKeys, type KeysOf } from '../kube/known-keys.js';
import { matchRule } from '../kube/match-rule.js';
import { portProblem } from '../kube/port.js';
import { completeHost, hostProblems, type MiddlewareRef, pathProblems } from '../kube/route.js';

/** Requests to a host and a path, or what a rule of traefik says. */
export type Matched =
  | { readonly host: string; readonly path?: string; readonly match?: never; readonly priority?: never }
  | {
      /** Such as ``Host(`api.example.com`) && Method(`POST`)``. */
      readonly match: string;
      /** The highest wins. @default the length of the rule */
      readonly priority?: number;
      readonly host?: never;
      readonly path?: never;
    };

/** Where requests go, and what happens to them on the way. */
export type MatchedRoute = Matched & {
  readonly service: {
    readonly name: string;
    readonly port: number;
    /** How it is spoken to; `h2c` is what gRPC needs. @default http */
    readonly scheme?: 'http' | 'https' | 'h2c';
  };
  /** In this order. @default nothing */
  readonly middlewares?: readonly MiddlewareRef[];
};

export interface IngressRouteProps {
  /** @default the construct's id */
  readonly name?: string;
  readonly routes: readonly MatchedRoute[];
  /** Secret of type `kubernetes.io/tls` in the same namespace, such as `Certificate.secretName`. */
  readonly tlsSecret: string;
  /** A TLSOption of the same namespace, such as the construct `TlsOption`. @default the cluster's */
  readonly tlsOption?: { readonly name: string };
}

const KEYS: KeysOf<IngressRouteProps> = { name: true, routes: true, tlsSecret: true, tlsOption: true };

/**
 * Leads requests from outside to Services by traefik's own rules, over TLS only: for what an Ingress cannot say, such
 * as a gRPC backend beside an HTTP one, middlewares of one route, or a rule on methods and headers.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/
 * @example
 * new IngressRoute(chart, 'api', {
 *   routes: [{ host: 'api.example.com', service: { name: 'api', port: 50051, scheme: 'h2c' } }],
 *   tlsSecret: 'api-tls',
 * });
 */
export class IngressRoute extends Construct {
  constructor(scope: Construct, id: string, props: IngressRouteProps) {
    super(scope, id);
    allowKeys(this, props, KEYS);
    const domain = findContext(this)?.domain;
    const { name = id } = props;
    addIngressRoute(this, name, {
      ...props,
      routes: props.routes.map((route) =>
        route.host === undefined ? route : { ...route, host: completeHost(route.host, domain) },
      ),
    });
    this.node.addValidation({
      validate: () => [
        ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
        ...(props.routes.length > 0 ? [] : ['routes: none was given; write at least one']),
        ...props.routes.flatMap((route) => problems(route, domain)),
      ],
    });
  }
}

/** Adds the object alone, for constructs that check their own props. */
export const addIngressRoute = (
  scope: Construct,
  name: string,
  { routes, tlsSecret, tlsOption }: IngressRouteProps,
) =>
  apiObject<TraefikIngressRoute>(scope, 'ingress-route', {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: { name },
    spec: {
      entryPoints: ['websecure'],
      routes: routes.map(({ service, middlewares = [], ...matched }) => ({
        kind: 'Rule',
        ...(matched.host === undefined
          ? { match: matched.match, ...(matched.priority !== undefined && { priority: matched.priority }) }
          : matchRule(matched.host, matched.path)),
        ...(middlewares.length > 0 && { middlewares: middlewares.map((one) => ({ name: one.name })) }),
        services: [{ ...service }],
      })),
      tls: { secretName: tlsSecret, ...(tlsOption && { options: { name: tlsOption.name } }) },
    },
  });

const problems = ({ host, path, match, service }: MatchedRoute, domain: string | undefined): string[] => [
  ...(host === undefined ? [] : hostProblems(host, domain)),
  ...pathProblems(path),
  ...(host === undefined && !match ? ['match: is empty; write a host, or a rule of traefik'] : []),
  ...(portProblem(service.port) ? [`service.port: ${portProblem(service.port)}`] : []),
];
