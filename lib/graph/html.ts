import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Graph } from './graph.js';
import { byKind, KINDS } from './kinds.js';
import { type Layout, type LayoutOptions, loadLayout } from './layout.js';
import { list } from './list.js';
import { Markup, markup, NOTHING } from './markup.js';
import { icon, picture } from './picture.js';
import { type View, viewsOf } from './view.js';

/** In this order: later ones give way to the screen. */
const STYLES = ['theme', 'frame', 'picture', 'list', 'screens'];

/** A downward picture that is at most that wide is shown on a telephone, in CSS pixels; its text shrinks by a tenth. */
const PHONE_WIDTH = 400;

/**
 * The graph as one HTML page that asks nothing of the network: for every environment a picture, drawn here and now,
 * and the same as a text. The same graph gives the same bytes.
 *
 * @example
 * writeFileSync('graph.html', await graphHtml(graphOf(application)));
 */
export async function graphHtml(graph: Graph): Promise<string> {
  const style = STYLES.map((name) => readPart(`${name}.css`)).join('\n');
  const script = readPart('page.mjs');
  const layoutOf = await loadLayout();
  const sections = viewsOf(graph).map((view) => section(view, layoutOf));
  const { application, environments } = graph;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${application}: what uses what</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header class="top">
<div><h1>${application}</h1><p>What uses what</p></div>
${environments.length > 1 ? switcher(environments) : NOTHING}
</header>
<main>
${sections}</main>
<script type="module">${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

const readPart = (name: string): string => readFileSync(join(__dirname, 'page', name), 'utf8');

const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

const switcher = (environments: readonly string[]): Markup =>
  markup`<nav aria-label="Environments"><ul>${environments.map(
    (name) => markup`<li><a href="#${name}">${name}</a></li>`,
  )}</ul></nav>`;

function section(view: View, layoutOf: (view: View, options: LayoutOptions) => Layout): Markup {
  const { environment, nodes, edges } = view;
  const wide = layoutOf(view, { direction: 'LR', characters: 26 });
  const tall = layoutOf(view, { direction: 'TB', characters: 16 });
  const fits = tall.width <= PHONE_WIDTH;
  const label = `Picture of ${environment}`;
  return markup`<section class="environment${fits ? ' slim' : ''}" id="${environment}" aria-labelledby="${environment}+title">
<div class="bar">
<div><h2 id="${environment}+title">${environment}</h2><p class="sum">${sum(view)}</p></div>
<div class="tools">
<button type="button" class="show" aria-expanded="false">Show the picture</button>
<div class="zoom" role="group" aria-label="Size of the picture"><button type="button" data-zoom="out" aria-label="Smaller">−</button><button type="button" data-zoom="fit">Fit</button><button type="button" data-zoom="in" aria-label="Larger">+</button></div>
</div>
</div>
<div class="frame">
<a class="skip" href="#${environment}+list">Skip the picture</a>
<div class="scroll">
${picture(wide, label, 'wide')}
${fits ? picture(tall, label, 'tall') : NOTHING}
</div>
<ul class="legend" aria-label="Legend">${byKind(nodes).map(
    ({ kind }) => markup`<li class="${kind}">${icon(kind)}${KINDS[kind].one}</li>`,
  )}${edges.some(({ cycle }) => cycle) ? markup`<li class="cycle"><svg viewBox="0 0 24 16" width="24" height="16" aria-hidden="true"><path d="M1 8h22"/></svg>part of a cycle</li>` : NOTHING}</ul>
<p class="status" role="status"></p>
</div>
<div class="list" id="${environment}+list" tabindex="-1">
<label class="find">Find <input type="search" autocomplete="off" spellcheck="false"></label>
${list(view)}</div>
</section>
`;
}

const sum = ({ nodes }: View): string =>
  byKind(nodes.filter(({ foreign }) => !foreign))
    .map((group) => {
      const { one, many } = KINDS[group.kind];
      return `${group.nodes.length} ${group.nodes.length === 1 ? one : many}`;
    })
    .join(', ') || 'nothing';
