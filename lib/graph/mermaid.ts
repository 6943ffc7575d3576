import type { Graph, NodeKind } from './graph.js';
import { KINDS } from './kinds.js';

/** Outlines that can be seen on a light and on a dark page. */
const STROKES: Readonly<Record<NodeKind, string>> = {
  host: '#8a63c9',
  service: '#3d7fd6',
  'stateful-service': '#4a9150',
  worker: '#1f8f83',
  'scheduled-job': '#b97718',
  job: '#b97718',
  store: '#c4634d',
  external: '#7b8695',
};

/**
 * The graph as a Mermaid flowchart: what GitHub and GitLab draw inside a Markdown page. Edges inside a cycle say so.
 *
 * @see https://mermaid.js.org/syntax/flowchart.html
 */
export function graphMermaid({ nodes, edges }: Graph): string {
  // Names of our own: Mermaid takes some words, such as "end", for its grammar.
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const environments = [...new Set(nodes.map(({ environment }) => environment))];
  const kinds = [...new Set(nodes.map(({ kind }) => kind))];
  return [
    'flowchart LR',
    ...environments.flatMap((environment, index) => [
      `  subgraph e${index}["${escapeLabel(environment)}"]`,
      ...nodes.flatMap((node) => {
        if (node.environment !== environment) return [];
        const [open, close] = KINDS[node.kind].brackets;
        return [`    ${names.get(node.id)}${open}"${escapeLabel(node.name)}"${close}:::${node.kind}`];
      }),
      '  end',
    ]),
    ...edges.map(
      ({ from, to, cycle }) => `  ${names.get(from)} ${cycle ? '-- cycle -->' : '-->'} ${names.get(to)}`,
    ),
    ...kinds.map((kind) => `  classDef ${kind} stroke:${STROKES[kind]},stroke-width:2px`),
    '',
  ].join('\n');
}

/**
 * Mermaid's own character references for whatever could end a label or be taken for HTML or Markdown: it refuses to
 * draw `- a` and `1. a`, and `www.…` for the link that Markdown makes of it.
 */
const escapeLabel = (text: string): string =>
  text.replace(
    /[^\p{L}\p{N} ./-]|^-|(?<=^[\p{L}\p{N}]+)\./gu,
    (character) => `#${character.codePointAt(0)};`,
  );
