import type { NodeKind } from './graph.js';
import { KINDS } from './kinds.js';
import { BOX, type Layout, type PlacedEdge, type PlacedNode, type Point } from './layout.js';
import { type Markup, markup } from './markup.js';

/** Width of an arrow's head, in CSS pixels. */
const HEAD = 7;

/** A laid-out view as an SVG element; every node is a link to its entry in the list, so that it can have the focus. */
export const picture = ({ width, height, nodes, edges }: Layout, label: string, className: string): Markup =>
  markup`<svg class="picture ${className}" role="group" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<g>${edges.map(edgeMarkup)}</g>
<g>${[...nodes].sort((a, b) => a.x - b.x || a.y - b.y).map(nodeMarkup)}</g>
</svg>`;

export const icon = (kind: NodeKind): Markup =>
  markup`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="${KINDS[kind].icon}"/></svg>`;

function nodeMarkup({ node, caption, lines, x, y, width, height }: PlacedNode): Markup {
  const radius = node.kind === 'host' ? 22 : 9;
  const left = BOX.padding + BOX.icon + BOX.gap;
  const base = BOX.padding + BOX.name - 2;
  const rows = lines.map(
    (line, index) => markup`<tspan x="${left}" y="${base + index * BOX.line}">${line}</tspan>`,
  );
  return markup`<a class="node ${node.kind}${node.foreign ? ' foreign' : ''}" href="#${node.anchor}" data-id="${node.anchor}" aria-label="${node.name} ${caption}" transform="translate(${x} ${y})"><rect class="box" width="${width}" height="${height}" rx="${radius}"/><path class="icon" transform="translate(${BOX.padding} ${(height - BOX.icon) / 2})" d="${KINDS[node.kind].icon}"/><text class="name">${rows}</text> <text class="caption" x="${left}" y="${height - BOX.padding}">${caption}</text></a>
`;
}

function edgeMarkup({ from, to, cycle, points, tip }: PlacedEdge): Markup {
  const [start, ...curve] = points;
  const end = points.at(-1) ?? tip;
  return markup`<g class="edge${cycle ? ' cycle' : ''}" data-from="${from.anchor}" data-to="${to.anchor}"><path class="line" d="M${start?.join(' ') ?? ''}C${curve.map((point) => point.join(' ')).join(' ')}"/><path class="head" d="${headPath(end, tip)}"/></g>
`;
}

/** A triangle from where the curve ends to the tip. */
function headPath([x, y]: Point, [tipX, tipY]: Point): string {
  const length = Math.hypot(tipX - x, tipY - y) || 1;
  const across = [(-(tipY - y) / length) * (HEAD / 2), ((tipX - x) / length) * (HEAD / 2)] as const;
  const corners = [
    [x + across[0], y + across[1]],
    [tipX, tipY],
    [x - across[0], y - across[1]],
  ];
  return `M${corners.map((corner) => corner.map((value) => value.toFixed(1)).join(' ')).join('L')}z`;
}
