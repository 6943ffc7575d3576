/** Where a repository is reached. */
export interface Place {
  /** As images are named: `registry.example.com`, `localhost:5000`. */
  readonly host: string;
  /** Path inside the registry: `lunch/web`. */
  readonly path: string;
  /** Scheme, host and port that answer: `https://registry.example.com`. */
  readonly origin: string;
}

const DOCKER_HUB = 'docker.io';

/** Other names of registries → origins that answer for them, such as a port forward's. */
export type Via = ReadonlyMap<string, string>;

/**
 * Reads a repository as docker does: its first part is a registry where it looks like a host, else all of it is Docker
 * Hub's. A registry on this machine is spoken to over http, every other one over https.
 */
export function placeOf(repository: string, via: Via = new Map()): Place {
  const [first = '', ...rest] = repository.split('/');
  const namesHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = namesHost ? first : DOCKER_HUB;
  const path = namesHost ? rest.join('/') : rest.length > 0 ? repository : `library/${repository}`;
  return { host, path, origin: via.get(host) ?? originOf(host) };
}

/** The origin of a registry, by its host and port. */
export function originOf(host: string): string {
  if (host === DOCKER_HUB) return 'https://registry-1.docker.io';
  return `${isLoopback(host) ? 'http' : 'https'}://${host}`;
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3})(:\d+)?$/.test(host);
