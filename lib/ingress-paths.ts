import type { Problem } from './config/problem.js';
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

/** Every host and path of every Ingress, whoever made it. */
export const ingressPaths = (objects: readonly KubeObject[]) =>
  objects
    .filter(({ kind }) => kind === 'Ingress')
    .flatMap(({ metadata, spec }) =>
      ((spec as IngressSpec).rules ?? []).flatMap(({ host = '*', http }) =>
        (http?.paths ?? []).map(({ path = '/' }) => ({ ingress: metadata.name, host, path })),
      ),
    );

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
