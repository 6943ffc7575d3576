import { createHash } from 'node:crypto';
import { completeGraph } from '../../lib/graph/graph.js';
import { graphHtml } from '../../lib/graph/html.js';
import { loadLayout } from '../../lib/graph/layout.js';
import { viewsOf } from '../../lib/graph/view.js';
import { large, small, tiny } from './samples.js';

test('the same graph gives the same bytes', async () => {
  expect(await graphHtml(large())).toBe(await graphHtml(large()));
});

test('nothing on the page leads outside it', async () => {
  const page = await graphHtml(small());
  const addresses = [...page.matchAll(/(?:href|src|url|@import)\s*[=(]?\s*"([^"]*)"/g)].map(
    ([, to = '']) => to,
  );
  expect(addresses.length).toBeGreaterThan(50);
  expect(addresses.filter((to) => !to.startsWith('#') && to !== 'data:,')).toEqual([]);
  expect(page).not.toMatch(/https?:\/\//);
});

test('every link leads to something that is there, once', async () => {
  const page = await graphHtml(small());
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id);
  const links = [...page.matchAll(/href="#([^"]*)"/g)].map(([, id = '']) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(links.filter((id) => !ids.includes(id))).toEqual([]);
});

test('the policy of the page allows its own script and style and nothing else', async () => {
  const page = await graphHtml(tiny());
  const policy = /content="(default-src[^"]*)"/.exec(page)?.[1] ?? '';
  for (const tag of ['style', 'script']) {
    const text = new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
    expect(text.length).toBeGreaterThan(1000);
    expect(policy).toContain(`sha256-${createHash('sha256').update(text).digest('base64')}`);
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
});

test('a name cannot become markup', async () => {
  const name = '"><script>alert(1)</script>';
  const page = await graphHtml(
    completeGraph({
      application: name,
      environments: [name],
      nodes: [{ id: `${name}/a`, name, kind: 'service', environment: name }],
      edges: [],
    }),
  );
  expect(page.match(/<script/g)).toHaveLength(1);
});

test('an environment without anything is a page too', async () => {
  const page = await graphHtml(
    completeGraph({ application: 'a', environments: ['empty'], nodes: [], edges: [] }),
  );
  expect(page).toContain('nothing');
});

describe('the layout', () => {
  const overlap = (a: readonly number[], b: readonly number[]) => {
    const [ax = 0, ay = 0, aw = 0, ah = 0] = a;
    const [bx = 0, by = 0, bw = 0, bh = 0] = b;
    return ax < bx + bw && bx < ax + aw && ay < by + bh && by < ay + ah;
  };

  test.each([
    ['5 services', small],
    ['100 services', large],
  ])('%s: no box touches another or leaves the picture', async (_, sample) => {
    const layoutOf = await loadLayout();
    for (const view of viewsOf(sample()))
      for (const direction of ['LR', 'TB'] as const) {
        const { width, height, nodes } = layoutOf(view, { direction, characters: 20 });
        expect(nodes).toHaveLength(view.nodes.length);
        const boxes = nodes.map((node) => [node.x, node.y, node.width, node.height] as const);
        const touching = boxes.filter((box, index) =>
          boxes.slice(index + 1).some((other) => overlap(box, other)),
        );
        expect(touching).toEqual([]);
        const outside = boxes.filter(([x, y, w, h]) => x < 0 || y < 0 || x + w > width || y + h > height);
        expect(outside).toEqual([]);
      }
  });

  test('every edge begins and ends at the boxes of its nodes', async () => {
    const layoutOf = await loadLayout();
    for (const view of viewsOf(small())) {
      const { nodes, edges } = layoutOf(view, { direction: 'LR', characters: 26 });
      expect(edges).toHaveLength(view.edges.length);
      const near = (id: string, [x, y]: readonly [number, number]) => {
        const box = nodes.find(({ node }) => node.id === id);
        const point = [x - 3, y - 3, 6, 6];
        return box !== undefined && overlap([box.x, box.y, box.width, box.height], point);
      };
      for (const { from, to, points, tip } of edges) {
        expect(near(from.id, points[0] ?? [0, 0])).toBe(true);
        expect(near(to.id, tip)).toBe(true);
        expect(points.length % 3).toBe(1);
      }
    }
  });

  test('the library of the layout is loaded when it is used, not before', () => {
    jest.isolateModules(() => {
      const loaded = jest.fn(() => ({}));
      jest.doMock('@viz-js/viz', loaded);
      require('../../lib/graph/html.js');
      expect(loaded).not.toHaveBeenCalled();
    });
  });
});
