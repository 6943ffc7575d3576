import type { Application } from '../application.js';
import { selectComponents } from '../component-selection.js';
import { KeelsonError } from '../config/problem.js';
import type { Selection } from '../config/selection.js';
import { constructProblems, constructTree } from '../construct-tree.js';
import type { Component } from '../kube/component.js';
import { componentsOf, edgesOf } from '../kube/uses.js';
import { completeGraph, type Graph, type GraphNode } from './graph.js';

/**
 * What uses what: the components of the selected environments, their hosts, and what they use in other environments
 * or are used by from there.
 *
 * With `services`, these components and what they use directly; with `deep`, all that they use.
 *
 * @throws KeelsonError with every problem of every selected environment at once.
 * @example
 * const { nodes, edges } = graphOf(application, { environments: ['production'] });
 */
export function graphOf(application: Application, selection: Omit<Selection, 'setup'> = {}): Graph {
  const tree = constructTree(application, selection);
  const charts = tree.environments.map(({ chart }) => chart);
  const { wanted, problems } = selectComponents(tree.app, charts, selection);
  const wrong = [...problems, ...constructProblems(tree)];
  if (wrong.length > 0) throw new KeelsonError(`Application "${application.name}"`, wrong);

  const all = componentsOf(tree.app);
  const chosen = new Set(
    all.filter(
      ({ construct }) => charts.some((chart) => construct.node.scopes.includes(chart)) && wanted(construct),
    ),
  );
  const uses = edgesOf(tree.app).filter(
    ({ from, to }) => chosen.has(from) || (selection.services === undefined && chosen.has(to)),
  );
  const shown = new Set([...chosen, ...uses.flatMap(({ from, to }) => [from, to])]);
  const hosts = [...chosen].flatMap((component) =>
    component.hosts.map((host) => ({ node: hostNode(component, host), component })),
  );
  return completeGraph({
    application: application.name,
    environments: tree.environments.map(({ settings }) => settings.name),
    nodes: [
      ...new Map(hosts.map(({ node }) => [node.id, node])).values(),
      ...all.filter((component) => shown.has(component)).map(componentNode),
    ],
    edges: [
      ...hosts.map(({ node, component }) => ({
        from: node.id,
        to: idOf(component),
        relation: 'serves' as const,
      })),
      ...uses.map(({ from, to }) => ({ from: idOf(from), to: idOf(to), relation: 'uses' as const })),
    ],
  });
}

const idOf = ({ chart, name }: Component): string => `${chart.node.path}/${name}`;

/** Charts may stand inside an environment's own; the outermost is the environment. */
const environmentOf = ({ chart }: Component): string => chart.node.path.split('/')[0] ?? '';

const componentNode = (component: Component): GraphNode => ({
  id: idOf(component),
  name: component.name,
  kind: component.kind,
  environment: environmentOf(component),
});

function hostNode(component: Component, host: string): GraphNode {
  const environment = environmentOf(component);
  return { id: `${environment}/host:${host}`, name: host, kind: 'host', environment };
}
