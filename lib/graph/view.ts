import type { Graph, GraphEdge, GraphNode } from './graph.js';

/** One environment of a graph, with what it uses elsewhere and what uses it from there. */
export interface View {
  readonly application: string;
  readonly environment: string;
  readonly nodes: readonly ViewNode[];
  readonly edges: readonly GraphEdge[];
}

export interface ViewNode extends GraphNode {
  /** Where a link on the page leads: unique on it, though a node may be seen from several environments. */
  readonly anchor: string;
  /** Stands in another environment. */
  readonly foreign: boolean;
}

/** The graph as the people of each selected environment see it. */
export const viewsOf = (graph: Graph): View[] =>
  graph.environments.map((environment) => viewOf(graph, environment));

function viewOf({ application, nodes, edges }: Graph, environment: string): View {
  const own = new Set(nodes.filter((node) => node.environment === environment).map(({ id }) => id));
  const seen = edges.filter(({ from, to }) => own.has(from) || own.has(to));
  const shown = new Set([...own, ...seen.flatMap(({ from, to }) => [from, to])]);
  return {
    application,
    environment,
    nodes: nodes
      .filter(({ id }) => shown.has(id))
      .map((node) => {
        const foreign = !own.has(node.id);
        return { ...node, foreign, anchor: foreign ? `${environment}+${node.id}` : node.id };
      }),
    edges: seen,
  };
}
