import {
  completeGraph,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type NodeKind,
} from '../../lib/graph/graph.js';

type Edge = Omit<GraphEdge, 'cycle'>;
type Part = readonly [kind: NodeKind, name: string, ...targets: string[]];

/** One environment from lines such as `['service', 'web', 'api', 'cache']`; a host serves its targets. */
function environment(name: string, parts: readonly Part[]) {
  const id = (kind: NodeKind, part: string) => `${name}/${kind === 'host' ? 'host:' : ''}${part}`;
  const nodes = parts.map(
    ([kind, part]): GraphNode => ({ id: id(kind, part), name: part, kind, environment: name }),
  );
  const edges = parts.flatMap(([kind, part, ...targets]) =>
    targets.map(
      (target): Edge => ({
        from: id(kind, part),
        to: target.includes('/') ? target : `${name}/${target}`,
        relation: kind === 'host' ? 'serves' : 'uses',
      }),
    ),
  );
  return { nodes, edges };
}

const assemble = (application: string, parts: Readonly<Record<string, readonly Part[]>>): Graph => {
  const environments = Object.entries(parts).map(([name, list]) => environment(name, list));
  return completeGraph({
    application,
    environments: Object.keys(parts),
    nodes: environments.flatMap(({ nodes }) => nodes),
    edges: environments.flatMap(({ edges }) => edges),
  });
};

/** Every kind of node, a cycle and a use across environments; five services in each of two environments. */
export const small = (): Graph =>
  assemble('lunch', {
    staging: lunch('staging'),
    production: [...lunch('production'), ['service', 'preview-proxy', 'staging/web']],
  });

const lunch = (name: string): readonly Part[] => [
  ['host', `www.${name}.lunch.example.com`, 'web'],
  ['host', `api.${name}.lunch.example.com`, 'orders'],
  ['service', 'web', 'orders', 'menu', 'sessions'],
  ['service', 'orders', 'menu', 'billing', 'events'],
  ['service', 'menu', 'catalogue'],
  ['service', 'billing', 'payments', 'orders'],
  ['stateful-service', 'events'],
  ['worker', 'mailer', 'events', 'mail'],
  ['scheduled-job', 'nightly-report', 'catalogue', 'mail'],
  ['job', 'migrate', 'catalogue'],
  ['store', 'sessions'],
  ['external', 'catalogue'],
  ['external', 'payments'],
  ['external', 'mail'],
];

/** What a first application looks like: two services, a store and a host. */
export const tiny = (): Graph =>
  assemble('hello', {
    local: [
      ['host', 'www.hello.localhost', 'web'],
      ['service', 'web', 'api', 'cache'],
      ['service', 'api', 'cache'],
      ['store', 'cache'],
      ['worker', 'sweeper', 'cache'],
    ],
  });

/** The longest names that Kubernetes and DNS allow. */
export const longNames = (): Graph =>
  assemble('long', {
    staging: [
      [
        'host',
        `${['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.')}.${'d'.repeat(60)}`,
        'w'.repeat(63),
      ],
      ['service', 'w'.repeat(63), 'a-service-whose-name-has-as-many-letters-as-any-name-can-have-9'],
      ['service', 'a-service-whose-name-has-as-many-letters-as-any-name-can-have-9'],
    ],
  });

const DOMAINS = ['order', 'cart', 'price', 'stock', 'ship', 'user', 'mail', 'search', 'image', 'audit'];
const ROLES = [
  'web',
  'api',
  'index',
  'sync',
  'rules',
  'import',
  'export',
  'cache-warmer',
  'history',
  'notify',
];

/** A hundred services in ten domains with stores, hosts and about two uses each; the same on every call. */
export function large(): Graph {
  const parts = DOMAINS.flatMap((domain, d): Part[] => [
    ['host', `${domain}.shop.example.com`, `${domain}-web`],
    ['store', `${domain}-redis`],
    ...ROLES.map((role, r): Part => {
      const next = DOMAINS[(d * 3 + r) % DOMAINS.length];
      const own = r < 2 ? [`${domain}-${ROLES[r + 1]}`] : r % 3 === 0 ? [`${domain}-redis`] : [];
      const other = r === 1 || r === 4 ? [`${next}-${ROLES[2 + ((d + r) % 8)]}`] : [];
      const fan = r === 1 ? [`${domain}-rules`, `${domain}-sync`, `${domain}-history`] : [];
      return ['service', `${domain}-${role}`, ...new Set([...own, ...other, ...fan])];
    }),
  ]);
  return assemble('shop', { production: parts });
}
