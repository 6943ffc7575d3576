import type { Graph as GraphvizGraph } from '@viz-js/viz';
import { KINDS } from './kinds.js';
import { labelLines } from './label.js';
import type { View, ViewNode } from './view.js';

/** Where everything of a picture is, in CSS pixels from its upper left corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export interface PlacedNode {
  readonly node: ViewNode;
  readonly caption: string;
  readonly lines: readonly string[];
  /** Of the box' upper left corner. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedEdge {
  readonly from: ViewNode;
  readonly to: ViewNode;
  readonly cycle: boolean;
  /** A chain of cubic Bézier curves. */
  readonly points: readonly Point[];
  readonly tip: Point;
}

export type Point = readonly [x: number, y: number];

export interface LayoutOptions {
  /** From left to right for a screen, downwards for a telephone. */
  readonly direction: 'LR' | 'TB';
  /** Where longer names are broken, in characters. */
  readonly characters: number;
}

/** Sizes in CSS pixels that the style sheet's fonts fit into: a monospaced name, its caption, an icon before both. */
export const BOX = { name: 13, caption: 11, line: 17, padding: 12, icon: 16, gap: 10 } as const;
/** Advance of a character, as a part of the font's size: 0.602 in the widest monospaced font in use, 0.61 in DejaVu. */
const ADVANCE = 0.62;
const MARGIN = 16;

type Box = Omit<PlacedNode, 'x' | 'y'>;

/** Loads Graphviz' `dot`, here and not before: nothing else needs its megabyte. */
export async function loadLayout(): Promise<(view: View, options: LayoutOptions) => Layout> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return (view, options) => layoutOf(view, options, (graph) => viz.renderString(graph, { format: 'json0' }));
}

function layoutOf(
  { nodes, edges }: View,
  options: LayoutOptions,
  dot: (graph: GraphvizGraph) => string,
): Layout {
  const boxes = nodes.map((node) => boxOf(node, options.characters));
  const byId = new Map(boxes.map((box) => [box.node.id, box]));
  const joined = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const linked = boxes.filter(({ node }) => joined.has(node.id));
  const drawn = JSON.parse(dot(graphvizGraph(linked, edges, options))) as Drawn;

  const [, , width = 0, height = 0] = (drawn.bb ?? '').split(',').map(Number);
  // Graphviz counts from the lower left corner.
  const flip = ([x = 0, y = 0]: readonly number[]): Point => [round(x + MARGIN), round(height - y + MARGIN)];
  const placed = (drawn.objects ?? []).flatMap(({ name, pos }) => {
    const box = byId.get(name);
    if (!box) return [];
    const [x, y] = flip(pos.split(',').map(Number));
    return [{ ...box, x: round(x - box.width / 2), y: round(y - box.height / 2) }];
  });
  const lonely = shelves(
    boxes.filter((box) => !linked.includes(box)),
    Math.max(width, options.direction === 'LR' ? 640 : 320),
    linked.length > 0 ? height + 2 * MARGIN : MARGIN,
  );
  const all = [...placed, ...lonely];
  const cyclic = new Set(edges.filter(({ cycle }) => cycle).map(({ from, to }) => `${from} ${to}`));
  return {
    width: Math.ceil(Math.max(width + MARGIN, ...all.map((node) => node.x + node.width))) + MARGIN,
    height: Math.ceil(Math.max(height + MARGIN, ...all.map((node) => node.y + node.height))) + MARGIN,
    nodes: all,
    edges: (drawn.edges ?? []).flatMap(({ tail, head, pos }) => {
      const from = byId.get(drawn.objects?.[tail]?.name ?? '')?.node;
      const to = byId.get(drawn.objects?.[head]?.name ?? '')?.node;
      if (!from || !to) return [];
      return [{ from, to, cycle: cyclic.has(`${from.id} ${to.id}`), ...splineOf(pos, flip) }];
    }),
  };
}

/** What is used of Graphviz' JSON. @see https://graphviz.org/docs/outputs/json/ */
interface Drawn {
  readonly bb?: string;
  readonly objects?: readonly { readonly name: string; readonly pos: string }[];
  readonly edges?: readonly { readonly tail: number; readonly head: number; readonly pos: string }[];
}

function graphvizGraph(
  boxes: readonly Box[],
  edges: View['edges'],
  { direction }: LayoutOptions,
): GraphvizGraph {
  const wide = direction === 'LR';
  return {
    directed: true,
    graphAttributes: { rankdir: direction, nodesep: 0.2, ranksep: wide ? 0.6 : 0.45 },
    nodeAttributes: { shape: 'box', fixedsize: true, label: '' },
    edgeAttributes: { arrowsize: 0.7 },
    nodes: boxes.map(({ node, width, height }) => ({
      name: node.id,
      attributes: { width: width / 72, height: height / 72 },
    })),
    edges: edges.map(({ from, to }) => ({ tail: from, head: to })),
  };
}

/** `e,x,y x,y …`: the arrow's tip, then the curve. */
function splineOf(
  pos: string,
  flip: (point: readonly number[]) => Point,
): Pick<PlacedEdge, 'points' | 'tip'> {
  const points = pos.split(' ').filter((part) => !/^[es],/.test(part));
  const curve = points.map((point) => flip(point.split(',').map(Number)));
  const end = /(?:^| )e,([-\d.]+),([-\d.]+)/.exec(pos);
  return { points: curve, tip: end ? flip([Number(end[1]), Number(end[2])]) : (curve.at(-1) ?? [0, 0]) };
}

function boxOf(node: ViewNode, characters: number): Box {
  const lines = labelLines(node.name, characters);
  const caption = node.foreign ? `${KINDS[node.kind].one} in ${node.environment}` : KINDS[node.kind].one;
  const text = Math.max(
    ...lines.map((line) => line.length * BOX.name * ADVANCE),
    caption.length * BOX.caption * ADVANCE,
  );
  return {
    node,
    caption,
    lines,
    width: Math.ceil(BOX.padding + BOX.icon + BOX.gap + text + BOX.padding),
    height: lines.length * BOX.line + BOX.caption + 2 * BOX.padding,
  };
}

/** What has no edge, side by side below the rest: `dot` would make one tall column of it. */
function shelves(boxes: readonly Box[], width: number, top: number): PlacedNode[] {
  let x = MARGIN;
  let y = top;
  let tallest = 0;
  return boxes.map((box) => {
    if (x > MARGIN && x + box.width > width) {
      x = MARGIN;
      y += tallest + MARGIN;
      tallest = 0;
    }
    const placed = { ...box, x, y };
    x += box.width + MARGIN;
    tallest = Math.max(tallest, box.height);
    return placed;
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;
