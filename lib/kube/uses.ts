import { Chart } from 'cdk8s';
import type { Construct, IConstruct } from 'constructs';
import { didYouMean, listed } from '../config/problem.js';
import type { Endpoint, NetworkPeer } from './endpoint.js';

/** An endpoint, or the name of one in the same environment (which may come later: cycles are allowed). */
export type Usable = Endpoint | string;

interface Edge {
  readonly chart: Chart;
  readonly dependent: NetworkPeer;
  readonly target: Usable;
}

/** What uses what in one construct tree. */
class UsesRegistry {
  private readonly endpoints = new Map<Chart, Map<string, Endpoint>>();
  private readonly edges: Edge[] = [];
  private index: Map<Endpoint, NetworkPeer[]> | undefined;

  addEndpoint(chart: Chart, endpoint: Endpoint): boolean {
    const named = this.endpoints.get(chart) ?? new Map<string, Endpoint>();
    this.endpoints.set(chart, named);
    this.index = undefined;
    if (named.has(endpoint.name)) return false;
    named.set(endpoint.name, endpoint);
    return true;
  }

  addEdge(edge: Edge): void {
    this.edges.push(edge);
    this.index = undefined;
  }

  names(chart: Chart): string[] {
    return [...(this.endpoints.get(chart)?.keys() ?? [])];
  }

  resolve(chart: Chart, target: Usable): Endpoint | undefined {
    return typeof target === 'string' ? this.endpoints.get(chart)?.get(target) : target;
  }

  dependents(endpoint: Endpoint): readonly NetworkPeer[] {
    this.index ??= this.buildIndex();
    return this.index.get(endpoint) ?? [];
  }

  private buildIndex(): Map<Endpoint, NetworkPeer[]> {
    const index = new Map<Endpoint, NetworkPeer[]>();
    for (const { chart, dependent, target } of this.edges) {
      const endpoint = this.resolve(chart, target);
      if (endpoint) index.set(endpoint, [...(index.get(endpoint) ?? []), dependent]);
    }
    return index;
  }
}

const registries = new WeakMap<IConstruct, UsesRegistry>();

function registryOf(scope: Construct): UsesRegistry {
  const registry = registries.get(scope.node.root) ?? new UsesRegistry();
  registries.set(scope.node.root, registry);
  return registry;
}

/** Makes an endpoint known by its name; a second one of that name in the same chart is a problem of its own. */
export function declareEndpoint(endpoint: Endpoint & Construct): void {
  if (registryOf(endpoint).addEndpoint(Chart.of(endpoint), endpoint)) return;
  endpoint.node.addValidation({
    validate: () => [
      `name: "${endpoint.name}" is taken by another construct of this environment; choose another`,
    ],
  });
}

/** Notes what a workload uses and returns how to read it back once the whole tree stands. */
export function declareUses(
  scope: Construct,
  dependent: NetworkPeer,
  targets: readonly Usable[],
): { readonly endpoints: () => Endpoint[] } {
  const registry = registryOf(scope);
  const chart = Chart.of(scope);
  for (const target of targets) if (target !== undefined) registry.addEdge({ chart, dependent, target });
  scope.node.addValidation({
    validate: () =>
      targets
        .filter((target) => target === undefined || registry.resolve(chart, target) === undefined)
        .map((target) =>
          target === undefined
            ? 'uses: undefined was given; it names nothing that exists (yet): use the name as a string for a construct that comes later'
            : `uses: there is no "${target}" in this environment${didYouMean(`${target}`, registry.names(chart)) || ';'} there are: ${listed(registry.names(chart))}`,
        ),
  });
  return {
    endpoints: () =>
      targets
        .map((target) => target && registry.resolve(chart, target))
        .filter((endpoint): endpoint is Endpoint => typeof endpoint === 'object'),
  };
}

/** Who uses an endpoint, over the whole construct tree. */
export const dependentsOf = (endpoint: Endpoint & Construct): readonly NetworkPeer[] =>
  registryOf(endpoint).dependents(endpoint);
