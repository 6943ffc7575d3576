import type { KubeObject } from '../kube/object.js';
import { openPaths, type Surroundings } from './world.js';

/**
 * Where requests from outside are answered by one object, and not by others: a host alone where others do not know it at
 * all, else the host with the path. A rule that asks for more than both stands as it is written.
 */
export function placesMissingIn(others: Surroundings, one: KubeObject): string[] {
  const open = openPaths([one]);
  if (open.length === 0) return [];
  const known = others.ingressPaths();
  const hosts = new Set(known.map(({ host }) => host));
  const places = new Set(known.map(({ host, path }) => `${host}${path}`));
  return [
    ...new Set(
      open
        .filter(({ host, path }) => !places.has(`${host}${path}`))
        .map(({ host, path }) => {
          const name = host === '*' ? 'every host' : host;
          if (path.startsWith(' ')) return `what ${path.trim()} says`;
          return hosts.has(host) || path === '/' ? `${name}${path === '/' ? '' : path}` : name;
        }),
    ),
  ];
}
