import { Construct } from 'constructs';
import { addressProblem } from '../config/address.js';
import { nameProblem } from '../config/name.js';
import { listed } from '../config/problem.js';
import type {
  MiddlewareSpec,
  Middleware as TraefikMiddleware,
} from '../generated/custom-resources/traefik.js';
import { apiObject } from '../kube/api-object.js';
import { unknownTraefikFields } from '../kube/custom-resource-fields.js';
import type { MiddlewareRef } from '../kube/route.js';
import { declareSecret, isSecretRef, type SecretRef, secretRefProblem } from '../kube/secret-ref.js';

type Headers = NonNullable<MiddlewareSpec['headers']>;
type BasicAuth = NonNullable<MiddlewareSpec['basicAuth']>;

/** One of traefik's middlewares, in its own words; exactly one. */
export interface MiddlewareProps extends Omit<MiddlewareSpec, 'basicAuth'> {
  /** @default the construct's id */
  readonly name?: string;
  /** Asks for a name and a password; the secret has one key, with a line of `htpasswd` for each user. */
  readonly basicAuth?: Omit<BasicAuth, 'secret'> & { readonly secret: SecretRef };
}

/**
 * Something that happens to a request on its way to a service: a limit, a header, a redirect. It stands in the
 * namespace of the routes that name it.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/overview/
 * @example
 * const limit = new Middleware(env, 'limit', { rateLimit: { average: 10, burst: 50 } });
 * const headers = new Middleware(env, 'headers', { headers: securityHeaders() });
 * new Service(env, 'web', {
 *   image: env.image('web'),
 *   ports: { http: 8080 },
 *   host: { host: 'www', middlewares: [limit, headers] },
 * });
 */
export class Middleware extends Construct implements MiddlewareRef {
  readonly name: string;

  constructor(scope: Construct, id: string, props: MiddlewareProps) {
    super(scope, id);
    const { name = id, basicAuth, ...spec } = props;
    this.name = name;
    const secret: unknown = basicAuth?.secret;
    if (isSecretRef(secret)) declareSecret(this, secret);
    apiObject<TraefikMiddleware>(this, 'middleware', {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { name },
      spec: {
        ...spec,
        ...(basicAuth && { basicAuth: { ...basicAuth, secret: isSecretRef(secret) ? secret.secret : '' } }),
      },
    });
    this.node.addValidation({
      validate: () => [
        ...(nameProblem(name) ? [`name: ${nameProblem(name)}`] : []),
        ...unknownTraefikFields('Middleware', { ...spec, ...(basicAuth && { basicAuth }) }),
        ...problems(props),
      ],
    });
  }
}

/**
 * Response headers that a browser application should have: no sniffing of types, no framing by others, no referrer
 * beyond the origin, HTTPS only for a year, and no word on what runs behind.
 *
 * @param more what differs or is added, such as `contentSecurityPolicy`
 * @see https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
 * @example
 * new Middleware(env, 'headers', { headers: securityHeaders({ contentSecurityPolicy: "default-src 'self'" }) });
 */
export const securityHeaders = (more: Headers = {}): Headers => ({
  contentTypeNosniff: true,
  frameDeny: true,
  referrerPolicy: 'strict-origin-when-cross-origin',
  stsSeconds: 31_536_000,
  ...more,
  customResponseHeaders: { Server: '', 'X-Powered-By': '', ...more.customResponseHeaders },
});

function problems({ name: _, ...kinds }: MiddlewareProps): string[] {
  const given = Object.entries(kinds)
    .filter(([, value]) => value !== undefined)
    .map(([kind]) => kind);
  const { rateLimit, inFlightReq, ipAllowList, stripPrefix, basicAuth } = kinds;
  const secretProblem = basicAuth && secretRefProblem(basicAuth.secret);
  return [
    ...(given.length === 1
      ? []
      : [
          `${listed(given)} was given; exactly one is expected, such as { rateLimit: { average: 10 } }: traefik takes no two in one object`,
        ]),
    ...(rateLimit && !((rateLimit.average ?? 0) > 0)
      ? ['rateLimit.average: is missing or 0, which is no limit; write requests in a second (or in `period`)']
      : []),
    ...(inFlightReq && !((inFlightReq.amount ?? 0) > 0)
      ? ['inFlightReq.amount: is missing or 0; write how many requests there may be at a time']
      : []),
    ...(ipAllowList && !ipAllowList.sourceRange?.length
      ? ['ipAllowList.sourceRange: is empty; nobody would be let in']
      : []),
    ...(ipAllowList?.sourceRange ?? [])
      .map(addressProblem)
      .flatMap((problem) => (problem ? [`ipAllowList.sourceRange: ${problem}`] : [])),
    ...(stripPrefix?.prefixes ?? [])
      .filter((prefix) => !prefix.startsWith('/'))
      .map((prefix) => `stripPrefix.prefixes: ${JSON.stringify(prefix)} must begin with "/"`),
    ...(secretProblem ? [`basicAuth.secret: ${secretProblem}`] : []),
  ];
}
