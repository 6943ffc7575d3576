import type { KubeObject } from '../../kube/object.js';
import { listAt, textAt, textsAt } from '../json.js';
import type { Rule } from '../mark.js';
import { placesMissingIn } from '../places.js';
import { podsOf } from '../pods.js';
import { OPENED_WIDER } from './network-policy.js';

/** What can be reached that could not be before, or what no longer stands before it. */
export const EXPOSURE: readonly Rule[] = [
  ({ after }, world) =>
    after ? placesMissingIn(world.before, after).map((place) => `${place} is opened`) : [],

  ({ before, after }) =>
    added(before, after, (object) =>
      STREAMS.includes(object.kind)
        ? listAt(object, 'spec', 'routes').map(
            ({ match }) =>
              `${match ?? textsAt(object, 'spec', 'entryPoints').join(', ')} is opened (${object.kind})`,
          )
        : [],
    ),

  ({ before, after }) =>
    added(before, after, (object) => {
      if (object.kind !== 'Service') return [];
      const type = textAt(object, 'spec', 'type') ?? '';
      return [
        ...(type === 'LoadBalancer' || type === 'NodePort' ? [`it gets addresses of its own (${type})`] : []),
        ...textsAt(object, 'spec', 'externalIPs').map((address) => `it answers at ${address}`),
      ];
    }),

  ({ before, after }) =>
    added(before, after, (object) =>
      podsOf(object).flatMap(({ spec, containers }) => [
        ...(spec.hostNetwork ? ["its pods are in the node's network (hostNetwork)"] : []),
        ...containers.flatMap(({ ports = [] }) =>
          ports.flatMap(({ hostPort }) =>
            hostPort ? [`it answers at port ${hostPort} of its nodes (hostPort)`] : [],
          ),
        ),
      ]),
    ),

  ({ before, after }) =>
    added(after, before, middlewaresOf).map((what) => `${what} stands before it no more`),

  ({ before, after }) =>
    before && after
      ? added(before, after, openHostsOf).map((host) => `${host} is served without TLS of its own`)
      : [],

  OPENED_WIDER,
];

const STREAMS = ['IngressRouteTCP', 'IngressRouteUDP'];
const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares';

type Texts = (object: KubeObject) => readonly string[];

/** What is said of the second and was not said of the first. */
function added(before: KubeObject | undefined, after: KubeObject | undefined, texts: Texts): string[] {
  if (!after) return [];
  const known = new Set(before ? texts(before) : []);
  return texts(after).filter((text) => !known.has(text));
}

/** Middlewares by route: one may ask for a password, or admit few addresses. */
function middlewaresOf(object: KubeObject): string[] {
  const annotated = textAt(object, 'metadata', 'annotations', MIDDLEWARES)?.split(',') ?? [];
  return [
    ...annotated.map((name) => `Middleware ${name.trim()}`),
    ...listAt(object, 'spec', 'routes').flatMap((route) =>
      listAt(route, 'middlewares').map(({ name }) => `Middleware ${name} of ${route.match}`),
    ),
  ];
}

/** Hosts of an Ingress that its `tls` leaves out. */
function openHostsOf(object: KubeObject): string[] {
  if (object.kind !== 'Ingress') return [];
  const covered = new Set(listAt(object, 'spec', 'tls').flatMap((one) => textsAt(one, 'hosts')));
  return listAt(object, 'spec', 'rules').flatMap((rule) => {
    const host = textAt(rule, 'host');
    return host === undefined || covered.has(host) ? [] : [host];
  });
}
