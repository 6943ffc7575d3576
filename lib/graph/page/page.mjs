/** Brings the page to life: without it picture and list are there all the same, one environment below the other. */

const sections = [...document.querySelectorAll('.environment')];
document.documentElement.classList.add('scripted');

const HINT = 'Choose something to see what it needs and what needs it.';

/** Everything that `next` leads to from `start`. */
function closure(start, next) {
  const seen = new Set([start]);
  for (const id of seen) for (const other of next.get(id) ?? []) seen.add(other);
  return seen;
}

function neighbours(edges, from, to) {
  const map = new Map();
  for (const { dataset } of edges) map.set(dataset[from], [...(map.get(dataset[from]) ?? []), dataset[to]]);
  return map;
}

function environment(section) {
  const parts = [...section.querySelectorAll('[data-id]')];
  const edges = [...section.querySelectorAll('.edge')];
  const wide = section.querySelector('.picture.wide');
  const scroll = section.querySelector('.scroll');
  const status = section.querySelector('.status');
  const find = section.querySelector('.find input');
  const down = neighbours(section.querySelectorAll('.wide .edge'), 'from', 'to');
  const up = neighbours(section.querySelectorAll('.wide .edge'), 'to', 'from');
  const fullWidth = wide.viewBox.baseVal.width;
  let pinned;

  const picture = () =>
    [...section.querySelectorAll('.picture')].find((one) => one.getClientRects().length > 0);
  const nodeOf = (id) => picture()?.querySelector(`.node[data-id="${CSS.escape(id)}"]`);
  const entryOf = (id) => document.getElementById(id);

  /** Lets one node stand out, or none. */
  function light(id) {
    const below = id ? closure(id, down) : new Set();
    const above = id ? closure(id, up) : new Set();
    section.classList.toggle('lit', id !== undefined);
    for (const part of parts) {
      const own = part.dataset.id;
      part.classList.toggle('self', own === id);
      part.classList.toggle('down', own !== id && below.has(own));
      part.classList.toggle('up', own !== id && above.has(own));
    }
    for (const edge of edges) {
      const { from, to } = edge.dataset;
      edge.classList.toggle('down', below.has(from) && below.has(to));
      edge.classList.toggle('up', above.has(from) && above.has(to));
    }
    status.textContent = id ? sentence(id, below.size - 1, above.size - 1) : HINT;
  }

  function sentence(id, below, above) {
    const name = entryOf(id).querySelector('.title').textContent;
    const needs = below
      ? `needs ${new Set(down.get(id)).size} directly, ${below} in all`
      : 'needs nothing else';
    const needed = above
      ? `${new Set(up.get(id)).size} need it directly, ${above} in all`
      : 'nothing needs it';
    return `${name} ${needs}; ${needed}.`;
  }

  function pin(id) {
    pinned = id;
    history.replaceState(null, '', `#${id ?? section.id}`);
    light(id);
    if (id) entryOf(id).scrollIntoView({ block: 'nearest' });
  }

  function zoom(scale) {
    const width = Math.round(fullWidth * Math.min(2, Math.max(0.1, scale)));
    wide.setAttribute('width', width);
    wide.setAttribute('height', Math.round((width * wide.viewBox.baseVal.height) / fullWidth));
  }

  const fitting = () =>
    Math.min(1, scroll.clientWidth / fullWidth, scroll.clientHeight / wide.viewBox.baseVal.height);

  /** The node to go to: along the arrows where there is one, else the nearest that lies in that direction. */
  function neighbour(from, [dx, dy]) {
    const centre = (node) => {
      const { x, y, width, height } = node.getBoundingClientRect();
      return [x + width / 2, y + height / 2];
    };
    const [x, y] = centre(from);
    const id = from.dataset.id;
    const linked = new Set([...(down.get(id) ?? []), ...(up.get(id) ?? [])]);
    const along = picture() === wide ? dx !== 0 : dy !== 0;
    const ranked = [...picture().querySelectorAll('.node')].flatMap((node) => {
      const [nodeX, nodeY] = centre(node);
      const ahead = (nodeX - x) * dx + (nodeY - y) * dy;
      const aside = Math.abs((nodeX - x) * dy) + Math.abs((nodeY - y) * dx);
      const joined = along && linked.has(node.dataset.id);
      if (ahead < 1 || (!joined && aside > ahead)) return [];
      return [{ node, cost: ahead + 2 * aside - (joined ? 1e6 : 0) }];
    });
    return ranked.sort((a, b) => a.cost - b.cost)[0]?.node;
  }

  const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

  section.addEventListener('keydown', (event) => {
    const node = event.target.closest('.node');
    if (event.key === 'Escape' && event.target === find) search('');
    else if (event.key === 'Escape') pin(undefined);
    else if (event.key === 'Enter' && event.target === find) {
      const first = section.querySelector('.entry:not([hidden])');
      if (first) select(first.dataset.id);
    } else if (node && ARROWS[event.key]) {
      event.preventDefault();
      neighbour(node, ARROWS[event.key])?.focus();
    }
  });

  section.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link || event.ctrlKey || event.metaKey) return;
    const id = decodeURIComponent(link.getAttribute('href').slice(1));
    if (!parts.some((part) => part.dataset.id === id)) return;
    event.preventDefault();
    if (link.closest('.list')) select(id);
    else pin(pinned === id ? undefined : id);
  });

  /** Pins a node and moves there, in the list and in the picture. */
  function select(id) {
    pin(id);
    entryOf(id).focus({ preventScroll: true });
    light(id);
    const node = nodeOf(id);
    if (!node || picture() !== wide) return;
    const inner = node.getBoundingClientRect();
    const outer = scroll.getBoundingClientRect();
    scroll.scrollBy(
      inner.x + inner.width / 2 - outer.x - outer.width / 2,
      inner.y + inner.height / 2 - outer.y - outer.height / 2,
    );
  }

  const attend = (event) => light(event.target.closest('[data-id]')?.dataset.id ?? pinned);
  section.addEventListener('pointerover', attend);
  section.addEventListener('pointerleave', () => light(pinned));
  section.addEventListener('focusin', attend);
  section.addEventListener('focusout', () => light(pinned));

  function search(text) {
    find.value = text;
    const wanted = text.trim().toLowerCase();
    for (const entry of section.querySelectorAll('.entry'))
      entry.hidden = !entry.querySelector('.title').textContent.toLowerCase().includes(wanted);
    for (const group of section.querySelectorAll('.group'))
      group.hidden = !group.querySelector('.entry:not([hidden])');
    const left = section.querySelectorAll('.entry:not([hidden])').length;
    status.textContent = wanted ? `${left} of ${section.querySelectorAll('.entry').length} found` : HINT;
  }
  find.addEventListener('input', () => search(find.value));

  section.querySelector('.zoom').addEventListener('click', ({ target }) => {
    const now = wide.width.baseVal.value / fullWidth;
    const scales = { in: now * 1.25, out: now / 1.25, fit: fitting() };
    if (target.dataset.zoom) zoom(scales[target.dataset.zoom]);
  });

  section.querySelector('.show').addEventListener('click', ({ target }) => {
    const shown = section.querySelector('.frame').classList.toggle('shown');
    target.setAttribute('aria-expanded', shown);
    target.textContent = shown ? 'Hide the picture' : 'Show the picture';
  });

  return {
    section,
    has: (id) => parts.some((part) => part.dataset.id === id),
    select,
    /** A picture that is only a little too large is made to fit; a much larger one stays readable and scrolls. */
    start: () => {
      zoom(Math.max(0.85, fitting()));
      light(undefined);
    },
  };
}

const environments = sections.map(environment);
const started = new Set();

/** Shows the environment, and the node, that the address names. */
function follow() {
  const id = decodeURIComponent(location.hash.slice(1));
  const shown = environments.find((one) => one.section.id === id || one.has(id)) ?? environments[0];
  if (!shown) return;
  for (const { section } of environments) section.hidden = section !== shown.section;
  for (const link of document.querySelectorAll('nav a'))
    if (link.getAttribute('href') === `#${shown.section.id}`) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  if (!started.has(shown)) shown.start();
  started.add(shown);
  if (shown.has(id)) shown.select(id);
}

addEventListener('hashchange', follow);
follow();
