import type { Problem } from './config/problem.js';
import { groupOf } from './kube/immutable-fields.js';
import type { KubeObject } from './kube/object.js';

interface Stack {
  readonly name: string;
  readonly cluster: string;
  readonly manifests: readonly { readonly objects: readonly KubeObject[] }[];
}

/** Objects of one kind, namespace and name on one cluster: applied by any tool, one would overwrite the other. */
export function objectsGivenTwice(stacks: readonly Stack[]): Problem[] {
  const owners = new Map<string, string>();
  return stacks.flatMap(({ name: stack, cluster, manifests }) =>
    manifests
      .flatMap(({ objects }) => objects)
      .flatMap(({ apiVersion, kind, metadata: { namespace = '', name } }) => {
        const key = [cluster, groupOf(apiVersion), kind, namespace, name].join(' ');
        const owner = owners.get(key);
        owners.set(key, stack);
        if (owner === undefined) return [];
        const also = owner === stack ? '' : `, in ${owner} too`;
        return [
          {
            where: [stack, kind, name].join('/'),
            message: `is described twice${also}; give one of them another name`,
          },
        ];
      }),
  );
}
