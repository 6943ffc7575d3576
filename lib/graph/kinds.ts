import type { NodeKind } from './graph.js';

interface Kind {
  readonly one: string;
  readonly many: string;
  /** Lines of an icon of 16 × 16, as an SVG path. */
  readonly icon: string;
  /** What Mermaid writes around a label to give it this kind's shape. */
  readonly brackets: readonly [string, string];
}

const circle = (x: number, y: number, r: number): string =>
  `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

/** How each kind is shown, in the order in which people read: from the outside in. */
export const KINDS: Readonly<Record<NodeKind, Kind>> = {
  host: {
    one: 'host',
    many: 'hosts',
    icon: `${circle(8, 8, 6)}M2 8h12M8 2c-4.4 3.6-4.4 8.4 0 12M8 2c4.4 3.6 4.4 8.4 0 12`,
    brackets: ['([', '])'],
  },
  service: {
    one: 'service',
    many: 'services',
    icon: 'M8 1.8l5.4 3.1v6.2l-5.4 3.1l-5.4-3.1v-6.2zM2.6 4.9l5.4 3.1l5.4-3.1M8 8v6.2',
    brackets: ['[', ']'],
  },
  'stateful-service': {
    one: 'stateful service',
    many: 'stateful services',
    icon: 'M2 3.2h12v4h-12zM2 9h12v4h-12zM4.4 5.2h1.2M4.4 11h1.2',
    brackets: ['[[', ']]'],
  },
  worker: {
    one: 'worker',
    many: 'workers',
    icon: 'M13.6 6.6a5.8 5.8 0 0 0-10.4-2.2M2.4 9.4a5.8 5.8 0 0 0 10.4 2.2M3 1.6v3h3M13 14.4v-3h-3',
    brackets: ['(', ')'],
  },
  'scheduled-job': {
    one: 'scheduled job',
    many: 'scheduled jobs',
    icon: `${circle(8, 8, 6)}M8 4.4v3.6l2.6 1.6`,
    brackets: ['[/', '/]'],
  },
  job: {
    one: 'job',
    many: 'jobs',
    icon: `${circle(8, 8, 6)}M5.4 8.2l1.8 1.8l3.4-3.8`,
    brackets: ['[/', '\\]'],
  },
  store: {
    one: 'store',
    many: 'stores',
    icon: 'M2.6 4c0-1.2 2.4-2.2 5.4-2.2s5.4 1 5.4 2.2s-2.4 2.2-5.4 2.2s-5.4-1-5.4-2.2v8c0 1.2 2.4 2.2 5.4 2.2s5.4-1 5.4-2.2v-8M2.6 8c0 1.2 2.4 2.2 5.4 2.2s5.4-1 5.4-2.2',
    brackets: ['[(', ')]'],
  },
  external: {
    one: 'external',
    many: 'external',
    icon: 'M6.4 3.4h-4v10.2h10.2v-4M9 2.2h4.8v4.8M13.6 2.4l-6 6',
    brackets: ['{{', '}}'],
  },
};

/** The kinds that a list of nodes has, each with its nodes, in the order of {@link KINDS}. */
export const byKind = <N extends { readonly kind: NodeKind }>(nodes: readonly N[]) =>
  (Object.keys(KINDS) as NodeKind[])
    .map((kind) => ({ kind, nodes: nodes.filter((node) => node.kind === kind) }))
    .filter((group) => group.nodes.length > 0);
