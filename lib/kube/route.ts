import { hostProblem } from '../config/name.js';
import { didYouMean, listed } from '../config/problem.js';
import { type KeysOf, unknownKeys } from './known-keys.js';

/** Names a traefik Middleware of the same namespace, such as the construct `Middleware`. */
export interface MiddlewareRef {
  readonly name: string;
}

/** One way in from outside: requests to this host and path go to that port. */
export interface Route {
  /**
   * Host name. A single label such as `www` is completed with the environment's domain, `@` is that domain itself;
   * outside an environment write it out. `*.example.com` needs an issuer that answers DNS-01 challenges, and yields
   * to every host that is written out.
   */
  readonly host: string;
  /** Path and everything below it: `/api` takes `/api/v1`, not `/apis`. @default / */
  readonly path?: string;
  /** Name of the port that answers; one named `grpc` or `grpc-…` is spoken to by h2c. @default the service's first */
  readonly port?: string;
  /** What happens to a request on its way, in this order. @default nothing */
  readonly middlewares?: readonly MiddlewareRef[];
}

const KEYS: KeysOf<Route> = { host: true, path: true, port: true, middlewares: true };

/** Short form and long form as one. */
export const routeOf = (route: string | Route): Route =>
  typeof route === 'string' ? { host: route } : route;

/** `www` → `www.example.com`, `@` → `example.com`, `*` → `*.example.com`; a name with dots stays as it is. */
export function completeHost(host: string, domain: string | undefined): string {
  if (domain === undefined || host.includes('.')) return host;
  return host === '@' ? domain : `${host}.${domain}`;
}

/** What is wrong with the host of a route. */
export function hostProblems(host: string, domain: string | undefined): string[] {
  if (domain === undefined && !host.includes('.'))
    return [
      `host: "${host}" is no complete host name and there is no environment to complete it; write "${host}.example.com"`,
    ];
  const problem = hostProblem(completeHost(host, domain).replace(/^\*\./, ''));
  return problem ? [`host: ${problem}`] : [];
}

/** What is wrong with a path prefix. */
export const pathProblems = (path = '/'): string[] =>
  /^\/[^\s`?#]*$/.test(path)
    ? []
    : [`path: ${JSON.stringify(path)} must begin with "/" and hold no blank, backtick, "?" or "#"`];

/** What is wrong with routes to a service whose ports are `ports`. */
export function routeProblems(
  routes: readonly Route[],
  ports: readonly string[],
  domain: string | undefined,
): string[] {
  const places = routes.map(({ host, path = '/' }) => `${completeHost(host, domain)}${path}`);
  return [
    ...routes.flatMap(({ host, path, port, ...rest }) => [
      ...unknownKeys(rest, KEYS),
      ...hostProblems(host, domain),
      ...pathProblems(path),
      ...(port === undefined || ports.includes(port)
        ? []
        : [`port: there is no "${port}"${didYouMean(port, ports) || ';'} allowed: ${listed(ports)}`]),
    ]),
    ...places
      .filter((place, index) => places.indexOf(place) !== index)
      .map((place) => `host: "${place}" is given twice; once is enough`),
  ];
}
