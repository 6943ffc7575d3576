import fc from 'fast-check';
import { completeGraph } from '../../lib/graph/graph.js';
import { graphMermaid } from '../../lib/graph/mermaid.js';
import { large, small, tiny } from './samples.js';

const LABEL = /^ {4}n\d+[^"]+"([^"]*)"[^"]+:::[a-z-]+$/;
const LINE =
  /^(flowchart LR| {2}subgraph e\d+\["[^"]*"\]| {4}n\d+[^"]+"[^"]*"[^"]+:::[a-z-]+| {2}end| {2}n\d+ (-->|-- cycle -->) n\d+| {2}classDef [a-z-]+ stroke:#[0-9a-f]{6},stroke-width:2px|)$/;

/** What Mermaid makes of its character references. */
const readBack = (text: string) =>
  text.replace(/#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

const named = (name: string) =>
  completeGraph({
    application: 'a',
    environments: [name],
    nodes: [{ id: 'x', name, kind: 'service', environment: name }],
    edges: [],
  });

test('a host, a service, a store and their edges', () => {
  expect(graphMermaid(tiny())).toBe(`flowchart LR
  subgraph e0["local"]
    n0(["www#46;hello.localhost"]):::host
    n1["web"]:::service
    n2["api"]:::service
    n3[("cache")]:::store
    n4("sweeper"):::worker
  end
  n0 --> n1
  n1 --> n2
  n1 --> n3
  n2 --> n3
  n4 --> n3
  classDef host stroke:#8a63c9,stroke-width:2px
  classDef service stroke:#3d7fd6,stroke-width:2px
  classDef store stroke:#c4634d,stroke-width:2px
  classDef worker stroke:#1f8f83,stroke-width:2px
`);
});

test('every line has one of the known forms, and every node and edge is there once', () => {
  for (const graph of [small(), large()]) {
    const lines = graphMermaid(graph).split('\n');
    expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
    expect(lines.filter((line) => LABEL.test(line))).toHaveLength(graph.nodes.length);
    expect(lines.filter((line) => line.includes('-->'))).toHaveLength(graph.edges.length);
  }
});

test('an edge of a cycle says so', () => {
  expect(graphMermaid(small()).match(/-- cycle -->/g)).toHaveLength(4);
});

test.each([
  'www.example.com',
  '1. one',
  '- one',
  'a"]\n  end',
  '`x`',
  '#35;',
  '<b>x</b>',
  'http://x.example',
])('Mermaid cannot take %j for anything but a name', (name) => {
  const lines = graphMermaid(named(name)).split('\n');
  const label = LABEL.exec(lines[2] ?? '')?.[1] ?? 'none';
  expect(readBack(label)).toBe(name);
  expect(label).not.toMatch(/^www\.|^\d+\.|^-|["`<>\n]|:/);
  expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
});

test('whatever a name is, it stays within its label and can be read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const lines = graphMermaid(named(name)).split('\n');
      expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
      expect(readBack(LABEL.exec(lines[2] ?? '')?.[1] ?? '')).toBe(name);
    }),
  );
});
