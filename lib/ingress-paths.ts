import type { Problem } from './config/problem.js';
import type { IngressRoute } from './generated/custom-resources/traefik.js';
import { placesOf } from './kube/match-rule.js';
import type { KubeObject } from './kube/object.js';

interface IngressSpec {
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: { readonly paths: readonly { readonly path?: string }[] };
  }[];
}

interface Stack {
  readonly name: string;
  readonly cluster: string;
  readonly manifests: readonly { readonly objects: readonly KubeObject[] }[];
}

interface Place {
  readonly host: string;
  readonly path: string;
}

/** Every host and path of every Ingress and IngressRoute, whoever made it. */
export const ingressPaths = (objects: readonly KubeObject[]) =>
  objects.flatMap((object) => placesIn(object).map((place) => ({ ingress: object.metadata.name, ...place })));

/** What a person can open in a browser; a wildcard is no address. */
export const ingressUrls = (objects: readonly KubeObject[]): string[] => [
  ...new Set(
    ingressPaths(objects)
      .filter(({ host }) => !host.startsWith('*'))
      .map(({ host }) => `https://${host}`),
  ),
];

/** Two services behind one host and path of a cluster: the ingress controller would choose by chance. */
export function sharedPaths(stacks: readonly Stack[]): Problem[] {
  const taken = new Map<string, string>();
  return stacks.flatMap(({ name, cluster, manifests }) =>
    ingressPaths(manifests.flatMap(({ objects }) => objects)).flatMap(({ ingress, host, path }) => {
      const where = `${name}/${ingress}`;
      const key = `${cluster} ${host}${path}`;
      const other = taken.get(key);
      if (other === undefined) taken.set(key, where);
      return other === undefined
        ? []
        : [
            {
              where,
              message: `host: ${host}${path} belongs to ${other} already; choose another host or path`,
            },
          ];
    }),
  );
}

function placesIn({ apiVersion, kind, spec }: KubeObject): Place[] {
  if (kind === 'Ingress')
    return ((spec as IngressSpec).rules ?? []).flatMap(({ host = '*', http }) =>
      (http?.paths ?? []).map(({ path = '/' }) => ({ host, path: path.replace(/(.)\/$/, '$1') })),
    );
  if (kind === 'IngressRoute' && apiVersion.startsWith('traefik.io/'))
    return (spec as IngressRoute['spec']).routes.flatMap(({ match }) => placesOf(match));
  return [];
}
