import { ApiObject, type App, Chart, DependencyGraph } from 'cdk8s';
import type { Wanted } from './component-selection.js';
import type { KubeObject } from './kube/object.js';

/** What one chart emits: one file. */
export interface Manifest {
  /** Name of the file, without suffix. */
  readonly name: string;
  /** In the order in which they can be applied. */
  readonly objects: readonly KubeObject[];
}

/**
 * The objects of any cdk8s app or chart, such as one of cdk8s-plus: one manifest for every chart that has objects,
 * nested ones included, by its path.
 *
 * @example
 * new ClusterManifests('reports', { provider, manifests: manifestsOf(app) });
 */
export const manifestsOf = (scope: App | Chart): Manifest[] =>
  manifestsBelow(scope, (part) => part.node.path.replaceAll('/', '-'));

/** The same for a chart of an application, under a name of its own and with the objects that are wanted. */
export const chartManifests = (chart: Chart, name: string, wanted?: Wanted): Manifest[] =>
  manifestsBelow(
    chart,
    (part) => (part === chart ? name : part.node.path.slice(chart.node.path.length + 1).replaceAll('/', '-')),
    wanted,
  );

const manifestsBelow = (
  scope: App | Chart,
  nameOf: (part: Chart) => string,
  wanted: Wanted = () => true,
): Manifest[] =>
  scope.node
    .findAll()
    .filter((construct): construct is Chart => Chart.isChart(construct))
    .map((part) => ({ name: nameOf(part), objects: objectsOf(part, wanted) }))
    .filter(({ objects }) => objects.length > 0);

/**
 * The chart's own objects, in the order of construction, or of the dependencies where the application states some.
 * cdk8s' own `chart.toJson` looks at every construct of the application once a chart: too slow to do always.
 */
function objectsOf(chart: Chart, wanted: Wanted): KubeObject[] {
  const constructs = chart.node.findAll();
  const sorted = constructs.some(({ node }) => node.dependencies.length > 0)
    ? new DependencyGraph(chart.node).topology()
    : constructs;
  return sorted
    .filter(
      (construct): construct is ApiObject =>
        ApiObject.isApiObject(construct) && Chart.of(construct) === chart && wanted(construct),
    )
    .map((object) => object.toJson() as KubeObject);
}
