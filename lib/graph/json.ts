import type { Graph } from './graph.js';

/** The graph as JSON, for programs; {@link Graph} says what is in it. */
export const graphJson = (graph: Graph): string => `${JSON.stringify(graph, null, 2)}\n`;
