import type { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { didYouMean, listed, type Problem } from './config/problem.js';
import type { Selection } from './config/selection.js';
import type { Component } from './kube/component.js';
import { componentsOf, edgesOf } from './kube/uses.js';

/** Says of a construct whether its objects are wanted. */
export type Wanted = (construct: IConstruct) => boolean;

/**
 * Chooses components by name in the selected environments: each with its own sphere (workload, Service, Ingress,
 * certificate, policy, account), or deep, with all that it uses or comes after. What belongs to no component, such as a Middleware,
 * comes along: any of them may need it.
 */
export function selectComponents(
  root: IConstruct,
  charts: readonly Chart[],
  { services, deep = false }: Selection,
): { readonly wanted: Wanted; readonly problems: readonly Problem[] } {
  if (services === undefined) return { wanted: () => true, problems: [] };
  const components = componentsOf(root).filter(({ chart }) => charts.includes(chart));
  const names = [...new Set(components.map(({ name }) => name))];
  const chosen = new Set(components.filter(({ name }) => services.includes(name)));
  if (deep) addUsed(chosen, root, charts);
  const others = new Set<IConstruct>(
    components.filter((component) => !chosen.has(component)).map(({ construct }) => construct),
  );
  return {
    wanted: ({ node }) => !node.scopes.some((scope) => others.has(scope)),
    problems: services
      .filter((name) => !names.includes(name))
      .map((name) => ({
        where: 'service',
        message: `there is no "${name}"${didYouMean(name, names) || ';'} there are: ${listed(names)}`,
      })),
  };
}

/** A set grows while it is walked, so the walk ends when nothing new is used; cycles do no harm. */
function addUsed(chosen: Set<Component>, root: IConstruct, charts: readonly Chart[]): void {
  const used = new Map<Component, Component[]>();
  for (const { from, to } of edgesOf(root)) used.set(from, [...(used.get(from) ?? []), to]);
  const components = new Map(componentsOf(root).map((component) => [component.construct, component]));
  for (const component of chosen) {
    const before = component.after.flatMap((construct) => components.get(construct) ?? []);
    for (const next of [...(used.get(component) ?? []), ...before])
      if (charts.includes(next.chart)) chosen.add(next);
  }
}
