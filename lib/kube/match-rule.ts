const ANY_LABEL = '[a-z0-9-]+';

/** Below every priority that traefik derives from the length of a rule. */
const WILDCARD_PRIORITY = -10_000;

/** A rule of traefik, and its priority where the length of the rule would give a wrong one. */
export interface MatchRule {
  readonly match: string;
  readonly priority?: number;
}

/**
 * The rule for a host and everything below a path, element by element, as an Ingress has it.
 *
 * A wildcard is written as an expression, which every traefik 3 understands, and yields to hosts that are written out:
 * by the length of the rule `*.example.com` would win over `www.example.com`.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/routing/rules-and-priority/
 */
export function matchRule(host: string, path = '/'): MatchRule {
  const prefix = path.replace(/\/+$/, '');
  const below = prefix === '' ? 'PathPrefix(`/`)' : `(Path(\`${prefix}\`) || PathPrefix(\`${prefix}/\`))`;
  if (!host.startsWith('*.')) return { match: `Host(\`${host}\`) && ${below}` };
  const expression = `^${ANY_LABEL}${host.slice(1).replaceAll('.', '\\.')}$`;
  return {
    match: `HostRegexp(\`${expression}\`) && ${below}`,
    priority: WILDCARD_PRIORITY + prefix.length,
  };
}

const HOST = /\bHost\((?:`([^`]+)`|"([^"]+)")\)/g;
const WILDCARD = /\bHostRegexp\(`\^\[a-z0-9-\]\+\\\.([^`]+)\$`\)/g;
const PATH = /^(?:\s*&&\s*\(?(?:Path\([^)]+\)\s*\|\|\s*)?PathPrefix\((?:`([^`]+)`|"([^"]+)")\)\)?)?$/;

/** The hosts and the path of a rule; one that asks for more than a host and a path stands as its own path. */
export function placesOf(match: string): { readonly host: string; readonly path: string }[] {
  const hosts = [
    ...[...match.matchAll(HOST)].map(([, plain, quoted]) => plain ?? quoted ?? ''),
    ...[...match.matchAll(WILDCARD)].map(([, rest = '']) => `*.${rest.replaceAll('\\.', '.')}`),
  ];
  const rest = match.replace(HOST, '').replace(WILDCARD, '').trim();
  const simple = hosts.length === 1 ? PATH.exec(rest) : null;
  const path = simple ? (simple[1] ?? simple[2] ?? '/').replace(/(.)\/$/, '$1') : ` ${match}`;
  return (hosts.length > 0 ? hosts : ['*']).map((host) => ({ host, path }));
}
