import { ingressPaths } from '../ingress-paths.js';
import type { KubeObject } from '../kube/object.js';

/**
 * Where requests from outside are answered by `some`, and not by `others`: a host alone where others do not know it at
 * all, else the host with the path. A rule that asks for more than both stands as it is written.
 */
export function placesMissingIn(others: readonly KubeObject[], some: readonly KubeObject[]): string[] {
  const known = ingressPaths(others);
  const hosts = new Set(known.map(({ host }) => host));
  const places = new Set(known.map(({ host, path }) => `${host}${path}`));
  return [
    ...new Set(
      ingressPaths(some)
        .filter(({ host, path }) => !places.has(`${host}${path}`))
        .map(({ host, path }) => {
          const name = host === '*' ? 'every host' : host;
          if (path.startsWith(' ')) return `what ${path.trim()} says`;
          return hosts.has(host) || path === '/' ? `${name}${path === '/' ? '' : path}` : name;
        }),
    ),
  ];
}
