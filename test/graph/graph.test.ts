import fc from 'fast-check';
import { cyclesOf } from '../../lib/graph/cycles.js';
import { completeGraph, type GraphNode } from '../../lib/graph/graph.js';
import { graphJson } from '../../lib/graph/json.js';
import { labelLines } from '../../lib/graph/label.js';
import { viewsOf } from '../../lib/graph/view.js';
import { small } from './samples.js';

const node = (id: string): GraphNode => ({ id, name: id, kind: 'service', environment: 'e' });
const graph = (ids: string, pairs: readonly string[]) =>
  completeGraph({
    application: 'a',
    environments: ['e'],
    nodes: [...ids].map(node),
    edges: pairs.map(([from = '', to = '']) => ({ from, to, relation: 'uses' as const })),
  });
const cyclic = (pairs: readonly string[]) =>
  graph('abcdef', pairs)
    .edges.filter(({ cycle }) => cycle)
    .map(({ from, to }) => from + to);

test('a chain and a diamond have no cycle', () => {
  expect(graph('abcd', ['ab', 'bd', 'ac', 'cd']).cycles).toEqual([]);
  expect(cyclic(['ab', 'bd', 'ac', 'cd'])).toEqual([]);
});

test('edges inside a cycle are marked, those that lead in or out are not', () => {
  const pairs = ['ab', 'bc', 'cb', 'cd', 'ee'];
  expect(graph('abcdef', pairs).cycles).toEqual([['b', 'c'], ['e']]);
  expect(cyclic(pairs)).toEqual(['bc', 'cb', 'ee']);
});

test('an edge between two cycles belongs to neither', () => {
  expect(cyclic(['ab', 'ba', 'bc', 'cd', 'dc'])).toEqual(['ab', 'ba', 'cd', 'dc']);
});

test('an edge that is given twice is there once', () => {
  expect(graph('ab', ['ab', 'ab']).edges).toHaveLength(1);
});

test('two nodes share a cycle exactly if each can reach the other', () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const end = fc.constantFrom(...ids);
  fc.assert(
    fc.property(fc.array(fc.record({ from: end, to: end }), { maxLength: 14 }), (edges) => {
      const reach = (start: string) => {
        const seen = new Set(edges.filter(({ from }) => from === start).map(({ to }) => to));
        for (const id of seen) for (const { from, to } of edges) if (from === id) seen.add(to);
        return seen;
      };
      const expected = ids.map((a) => ids.filter((b) => reach(a).has(b) && reach(b).has(a)));
      const cycles = cyclesOf(ids, edges);
      expect(ids.map((id) => cycles.find((cycle) => cycle.includes(id)) ?? [])).toEqual(expected);
    }),
  );
});

test('a chain of ten thousand is no problem', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const edges = ids.slice(1).map((to, index) => ({ from: `${index}`, to }));
  expect(cyclesOf(ids, edges)).toEqual([]);
  expect(cyclesOf(ids, [...edges, { from: '9999', to: '0' }])[0]).toHaveLength(10_000);
});

test('JSON is the graph itself', () => {
  expect(JSON.parse(graphJson(small()))).toEqual(small());
});

test('an environment is shown with what it uses elsewhere and what uses it from there', () => {
  const [staging, production] = viewsOf(small());
  const foreign = (view = staging) => view?.nodes.filter((one) => one.foreign).map(({ id }) => id);
  expect(foreign(staging)).toEqual(['production/preview-proxy']);
  expect(foreign(production)).toEqual(['staging/web']);
  const anchors = viewsOf(small()).flatMap(({ nodes }) => nodes.map(({ anchor }) => anchor));
  expect(new Set(anchors).size).toBe(anchors.length);
});

test.each([
  ['web', ['web']],
  ['www.staging.lunch.example.com', ['www.staging.', 'lunch.example.com']],
  ['a-rather-long-name-of-a-service', ['a-rather-long-', 'name-of-a-service']],
])('%s as lines', (name, lines) => {
  expect(labelLines(name, 26)).toEqual(lines);
});

test('lines are never longer than allowed, and nothing is left out', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9.-]{0,80}$/);
  fc.assert(
    fc.property(name, fc.integer({ min: 4, max: 30 }), (text, width) => {
      const lines = labelLines(text, width);
      expect(lines.join('')).toBe(text);
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    }),
  );
});
