import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { didYouMean, listed } from '../config/problem.js';
import type { Component, Edge } from './component.js';
import { findContext } from './context.js';
import { type Endpoint, type NetworkPeer, variablePrefix } from './endpoint.js';

/**
 * An endpoint, or the name of one, which may come later: cycles are allowed. `api` is found in the same environment,
 * `staging/api` in another environment of the same cluster.
 */
export type Usable = Endpoint | string;

interface Use {
  readonly construct: Construct;
  readonly target: Usable;
}

/** The components of one construct tree and what they use. */
class Registry {
  private readonly byChart = new Map<Chart, Map<string, Component>>();
  private readonly byConstruct = new Map<Construct, Component>();
  private readonly byEndpoint = new Map<Endpoint, Component>();
  private readonly uses: Use[] = [];
  private users: Map<Component, Component[]> | undefined;

  add(component: Component): boolean {
    const named = this.byChart.get(component.chart) ?? new Map<string, Component>();
    this.byChart.set(component.chart, named);
    this.users = undefined;
    this.byConstruct.set(component.construct, component);
    if (component.endpoint) this.byEndpoint.set(component.endpoint, component);
    if (named.has(component.name)) return false;
    named.set(component.name, component);
    return true;
  }

  addUse(use: Use): void {
    this.uses.push(use);
    this.users = undefined;
  }

  components(): Component[] {
    return [...this.byConstruct.values()];
  }

  edges(): Edge[] {
    return this.uses.flatMap(({ construct, target }) => {
      const from = this.byConstruct.get(construct);
      const endpoint = this.resolve(Chart.of(construct), target);
      const to = endpoint && this.byEndpoint.get(endpoint);
      return from && to ? [{ from, to }] : [];
    });
  }

  usersOf(endpoint: Endpoint): readonly Component[] {
    if (!this.users) {
      this.users = new Map();
      for (const { from, to } of this.edges()) this.users.set(to, [...(this.users.get(to) ?? []), from]);
    }
    const component = this.byEndpoint.get(endpoint);
    return (component && this.users.get(component)) ?? [];
  }

  resolve(chart: Chart, target: Usable): Endpoint | undefined {
    if (typeof target !== 'string') return target;
    const [environment, name] = splitTarget(target);
    const where = environment === undefined ? chart : this.charts().get(environment);
    return where && this.byChart.get(where)?.get(name)?.endpoint;
  }

  /** What is wrong with a name that leads nowhere. */
  problem(chart: Chart, target: string): string {
    const [environment, name] = splitTarget(target);
    const where = environment === undefined ? chart : this.charts().get(environment);
    if (!where) {
      const known = [...this.charts().keys()];
      return `uses: ${JSON.stringify(target)}: there is no environment "${environment}"${didYouMean(environment ?? '', known) || ';'} there are: ${listed(known)}`;
    }
    const place = environment === undefined ? 'this environment' : `"${environment}"`;
    if (this.byChart.get(where)?.has(name))
      return `uses: "${name}" of ${place} answers nothing that could be used; name a service or a store`;
    const names = [...(this.byChart.get(where)?.values() ?? [])]
      .filter(({ endpoint }) => endpoint)
      .map((component) => component.name);
    return `uses: there is no "${name}" in ${place}${didYouMean(name, names) || ';'} there are: ${listed(names)}`;
  }

  componentOf(endpoint: Endpoint): Component | undefined {
    return this.byEndpoint.get(endpoint);
  }

  private charts(): Map<string, Chart> {
    return new Map([...this.byChart.keys()].map((chart) => [chart.node.id, chart]));
  }
}

function splitTarget(target: string): [string | undefined, string] {
  const slash = target.indexOf('/');
  return slash < 0 ? [undefined, target] : [target.slice(0, slash), target.slice(slash + 1)];
}

const registries = new WeakMap<IConstruct, Registry>();

function registryOf(scope: IConstruct): Registry {
  const registry = registries.get(scope.node.root) ?? new Registry();
  registries.set(scope.node.root, registry);
  return registry;
}

/** Makes a component known by its name; a second one of that name in the same chart is a problem of its own. */
export function declareComponent(
  construct: Construct,
  component: Pick<Component, 'name' | 'kind'> &
    Partial<Pick<Component, 'peer' | 'endpoint' | 'hosts' | 'after'>>,
): void {
  const chart = Chart.of(construct);
  if (registryOf(construct).add({ hosts: [], after: [], ...component, construct, chart })) return;
  construct.node.addValidation({
    validate: () => [
      `name: "${component.name}" is taken by another construct of this environment; choose another`,
    ],
  });
}

/** Notes what a component uses and returns how to read it back once the whole tree stands. */
export function declareUses(construct: Construct, targets: readonly Usable[]): () => Endpoint[] {
  const registry = registryOf(construct);
  const chart = Chart.of(construct);
  for (const target of targets) if (target !== undefined) registry.addUse({ construct, target });
  const endpoints = () =>
    targets
      .map((target) => target && registry.resolve(chart, target))
      .filter((endpoint): endpoint is Endpoint => typeof endpoint === 'object');
  construct.node.addValidation({
    validate: () => [
      ...targets.flatMap((target) => {
        if (target === undefined)
          return [
            'uses: undefined was given; it names nothing that exists (yet): use the name as a string for a construct that comes later',
          ];
        const endpoint = registry.resolve(chart, target);
        if (!endpoint) return [registry.problem(chart, `${target}`)];
        return clusterProblems(construct, registry.componentOf(endpoint));
      }),
      ...prefixProblems(endpoints()),
    ],
  });
  return endpoints;
}

/** A Service answers inside its own cluster only. */
function clusterProblems(construct: Construct, target: Component | undefined): string[] {
  const here = findContext(construct)?.cluster;
  const there = target?.endpoint?.peer.kind === 'pods' ? findContext(target.construct)?.cluster : undefined;
  return here === undefined || there === undefined || here === there
    ? []
    : [
        `uses: "${target?.chart.node.id}/${target?.name}" runs on the cluster "${there}", this on "${here}"; reach it by its host, as new External(env, '${target?.name}', { host: … })`,
      ];
}

/** Two things whose variables would overwrite each other. */
function prefixProblems(endpoints: readonly Endpoint[]): string[] {
  const prefixes = [...new Set(endpoints)].map(({ name }) => variablePrefix(name));
  return [...new Set(prefixes.filter((prefix, index) => prefixes.indexOf(prefix) !== index))].map(
    (prefix) => `uses: two of them bring variables ${prefix}_…, and one would hide the other; rename one`,
  );
}

/** Whose connections an endpoint gets, over the whole construct tree. */
export const dependentsOf = (endpoint: Endpoint & Construct): readonly NetworkPeer[] =>
  registryOf(endpoint)
    .usersOf(endpoint)
    .flatMap(({ peer }) => (peer ? [peer] : []));

/** Every component of the tree, in the order of declaration. */
export const componentsOf = (root: IConstruct): readonly Component[] => registryOf(root).components();

/** Every use of the tree whose both ends are there. */
export const edgesOf = (root: IConstruct): readonly Edge[] => registryOf(root).edges();
