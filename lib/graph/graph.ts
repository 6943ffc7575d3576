import type { ComponentKind } from '../kube/component.js';
import { cyclesOf } from './cycles.js';

/** What a node is: a component of the application, or a host name by which it is reached from outside. */
export type NodeKind = ComponentKind | 'host';

/** A part of the application, or a host name. */
export interface GraphNode {
  /** Unique: `staging/web` for a component, `staging/host:www.example.com` for a host. */
  readonly id: string;
  /** The component's name, or the complete host name. */
  readonly name: string;
  readonly kind: NodeKind;
  /** Where it stands. A node of an environment that was not selected is there because a selected one uses it. */
  readonly environment: string;
}

/** Leads from who asks to who answers, both by their ids. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `uses`: a component uses another. `serves`: requests to the host `from` are answered by `to`. */
  readonly relation: 'uses' | 'serves';
  /** Whether there is a way back from `to` to `from`. */
  readonly cycle: boolean;
}

/** What uses what in an application; plain data, the same for the same input. */
export interface Graph {
  readonly application: string;
  /** The selected ones, in the application's order. */
  readonly environments: readonly string[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Ids of nodes that use each other in a circle; each node stands in at most one of them. */
  readonly cycles: readonly (readonly string[])[];
}

/** A graph of these parts, with its cycles marked and each edge once. */
export function completeGraph({
  edges,
  ...parts
}: Pick<Graph, 'application' | 'environments' | 'nodes'> & {
  readonly edges: readonly Omit<GraphEdge, 'cycle'>[];
}): Graph {
  const once = [...new Map(edges.map((edge) => [JSON.stringify([edge.from, edge.to]), edge])).values()];
  const cycles = cyclesOf(
    parts.nodes.map(({ id }) => id),
    once,
  );
  const cycleOf = new Map(cycles.flatMap((cycle, index) => cycle.map((id) => [id, index])));
  return {
    ...parts,
    edges: once.map((edge) => ({
      ...edge,
      cycle: cycleOf.has(edge.from) && cycleOf.get(edge.from) === cycleOf.get(edge.to),
    })),
    cycles,
  };
}
