import { INTERNET, type World } from './world.js';

/** What every pod of a namespace that Keelson closes may do: ask for names, and answer certificate challenges. */
export function basicConnections({ pods }: World, namespaces: readonly string[]): string[] {
  const inside = pods.filter(({ namespace }) => namespaces.includes(namespace));
  return [
    ...inside.flatMap(({ name }) => [
      `${name} -> kube-system/coredns TCP/53`,
      `${name} -> kube-system/coredns UDP/53`,
    ]),
    ...namespaces.map((namespace) => `kube-system/traefik -> ${namespace}/acme-solver TCP/8089`),
  ];
}

/** From a pod to every public address. */
export const toInternet = (from: string, port: number): string[] =>
  Object.keys(INTERNET).map((address) => `${from} -> ${address} TCP/${port}`);

/** The same set of lines whatever their order and repetition. */
export const asSet = (connections: readonly string[]): string[] => [...new Set(connections)].sort();
