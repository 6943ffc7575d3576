import type { GraphNode } from './graph.js';
import { byKind, KINDS } from './kinds.js';
import { Markup, markup, NOTHING } from './markup.js';
import { icon } from './picture.js';
import type { View, ViewNode } from './view.js';

/** A view as text: every node with what it uses and what uses it, all of them links. */
export function list({ nodes, edges }: View): Markup {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const at = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const targets = (id: string) => at(edges.filter(({ from }) => from === id).map(({ to }) => to));
  const sources = (id: string) => at(edges.filter(({ to }) => to === id).map(({ from }) => from));
  const cyclic = new Set(edges.filter(({ cycle }) => cycle).flatMap(({ from, to }) => [from, to]));

  const entry = (node: ViewNode): Markup => {
    const [hosts, users] = split(sources(node.id), ({ kind }) => kind === 'host');
    return markup`<li class="entry ${node.kind}" id="${node.anchor}" data-id="${node.anchor}" tabindex="-1">
<h4>${icon(node.kind)}<span class="title">${breakable(node.name)}</span>${node.foreign ? markup`<span class="tag">in ${node.environment}</span>` : NOTHING}${cyclic.has(node.id) ? markup`<span class="tag cycle">in a cycle</span>` : NOTHING}</h4>
<dl>${row(node.kind === 'host' ? 'served by' : 'uses', targets(node.id))}${row('used by', users)}${row('reached at', hosts)}</dl>
</li>
`;
  };
  return markup`${byKind(nodes).map(
    (group) => markup`<section class="group">
<h3>${KINDS[group.kind].many} <span class="count">${group.nodes.length}</span></h3>
<ul>${group.nodes.map(entry)}</ul>
</section>
`,
  )}`;
}

const row = (title: string, nodes: readonly ViewNode[]): Markup =>
  nodes.length === 0
    ? NOTHING
    : markup`<div><dt>${title}</dt><dd>${nodes.map(
        ({ anchor, name }, index) =>
          markup`<span><a href="#${anchor}">${breakable(name)}</a>${index < nodes.length - 1 ? ',' : ''}</span> `,
      )}</dd></div>`;

/** A host name is broken after a dot, where it has to be broken. */
const breakable = (name: string): Markup =>
  markup`${name.split(/(?<=\.)/).map((part, index) => markup`${index > 0 ? WBR : ''}${part}`)}`;

const WBR = new Markup('<wbr>');

function split<N extends GraphNode>(nodes: readonly N[], test: (node: N) => boolean): [N[], N[]] {
  return [nodes.filter(test), nodes.filter((node) => !test(node))];
}
