import { App, Chart } from 'cdk8s';
import type { Application } from './application.js';
import { addPlatform } from './charts/platform.js';
import type { Problem } from './config/problem.js';
import {
  environmentsOf,
  type NamedEnvironment,
  type Selection,
  selectEnvironments,
} from './config/selection.js';
import { Environment } from './constructs/environment.js';

/** An application as constructs, before any of it is turned into objects. */
export interface ConstructTree {
  readonly app: App;
  /** Clusters that carry a selected environment. */
  readonly clusters: readonly { readonly name: string; readonly chart: Chart }[];
  /** The selected ones. */
  readonly environments: readonly { readonly settings: NamedEnvironment; readonly chart: Chart }[];
}

/**
 * Builds *all* environments and the clusters of the selected ones, with the namespaces of all their environments: a
 * selection must not remove its neighbours, nor close the way to those that use it from another environment.
 */
export function constructTree(application: Application, selection: Selection = {}): ConstructTree {
  const { definition } = application;
  const all = environmentsOf(definition, selection.user);
  const selected = new Set(selectEnvironments(definition, selection).map(({ name }) => name));
  const app = new App();
  const clusters = [...new Set(all.filter(({ name }) => selected.has(name)).map(({ cluster }) => cluster))];
  return {
    app,
    clusters: clusters.map((name) => ({
      name,
      chart: clusterChart(
        app,
        application,
        name,
        all.filter(({ cluster }) => cluster === name),
      ),
    })),
    environments: all
      .map((settings) => ({ settings, chart: environmentChart(app, application, settings) }))
      .filter(({ settings }) => selected.has(settings.name)),
  };
}

/** What constructs of the selected charts found wrong with their own props. */
export const constructProblems = ({ clusters, environments }: ConstructTree): Problem[] =>
  [...clusters, ...environments]
    .flatMap(({ chart }) => chart.node.findAll())
    .flatMap((construct) =>
      construct.node.validate().map((message) => ({ where: construct.node.path, message })),
    );

function clusterChart(
  app: App,
  { definition }: Application,
  name: string,
  environments: readonly NamedEnvironment[],
): Chart {
  const chart = new Chart(app, `${name}-cluster`);
  const cluster = definition.clusters[name];
  if (cluster) addPlatform(chart, { cluster, contact: definition.contact, environments });
  return chart;
}

function environmentChart(app: App, { definition }: Application, settings: NamedEnvironment): Chart {
  const { name, personal, issuer, cluster, imagePullSecret } = settings;
  const environment = new Environment<unknown>(app, name, {
    application: definition.name,
    domain: settings.domain ?? `${name}.${definition.domain}`,
    settings: settings.settings,
    issuer,
    images: definition.images,
    personal,
    cluster,
    ...(imagePullSecret !== undefined && { imagePullSecret }),
  });
  definition.services(environment as Environment<never>);
  return environment;
}
