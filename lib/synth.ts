import { ApiObject, App, Chart } from 'cdk8s';
import type { Application } from './application.js';
import { addPlatform } from './charts/platform.js';
import { KeelsonError, type Problem } from './config/problem.js';
import {
  environmentsOf,
  type NamedEnvironment,
  type Selection,
  selectEnvironments,
} from './config/selection.js';
import { Environment } from './constructs/environment.js';
import { ingressPaths, sharedPaths } from './ingress-paths.js';
import type { KubeObject } from './kube/object.js';
import { type SecretNeed, secretNeeds } from './secret-needs.js';

/** What one chart emits: one file. */
export interface Manifest {
  /** Name of the file, without suffix. */
  readonly name: string;
  /** In the order in which they can be applied. */
  readonly objects: readonly KubeObject[];
}

/** What one Pulumi stack applies; also one folder of the written manifests. */
export interface StackManifests {
  /** A cluster stack owns what is cluster-scoped; an environment stack what lies inside its namespace. */
  readonly kind: 'cluster' | 'environment';
  /** The stack's name: `main-cluster`, `staging`. */
  readonly name: string;
  /** The cluster that it is applied to. */
  readonly cluster: string;
  readonly manifests: readonly Manifest[];
  readonly secrets: readonly SecretNeed[];
  /** What a person opens in a browser. */
  readonly urls: readonly string[];
}

export interface Synthesis {
  readonly application: string;
  /** Clusters before environments. */
  readonly stacks: readonly StackManifests[];
}

/**
 * Turns an application into the objects of its stacks. The same input gives the same objects: no cluster, no network,
 * no clock.
 *
 * Clusters are those that carry a selected environment, with the namespaces of *all* their environments: a selection
 * must not remove its neighbours.
 *
 * @throws KeelsonError with every problem of every environment at once.
 */
export function synthesize(application: Application, selection: Selection = {}): Synthesis {
  const all = environmentsOf(application.definition, selection.user);
  const selected = selectEnvironments(application.definition, selection);
  const clusters = [...new Set(selected.map(({ cluster }) => cluster))];

  const app = new App();
  const clusterCharts = clusters.map((cluster) => ({
    cluster,
    chart: clusterChart(
      app,
      application,
      cluster,
      all.filter((environment) => environment.cluster === cluster),
    ),
  }));
  const environments = selected.map((settings) => ({
    settings,
    chart: environmentChart(app, application, settings),
  }));
  report(application, constructProblems(app));

  const stacks: StackManifests[] = [
    ...clusterCharts.map(({ cluster, chart }) => ({
      kind: 'cluster' as const,
      name: chart.node.id,
      cluster,
      manifests: manifestsOf(chart, chart.node.id),
      secrets: [],
      urls: [],
    })),
    ...environments.map(({ settings, chart }) => {
      const manifests = manifestsOf(chart, application.name);
      return {
        kind: 'environment' as const,
        name: settings.name,
        cluster: settings.cluster,
        manifests,
        secrets: secretNeeds(chart),
        urls: [
          ...new Set(
            ingressPaths(manifests.flatMap(({ objects }) => objects)).map(({ host }) => `https://${host}`),
          ),
        ],
      };
    }),
  ];
  report(application, sharedPaths(stacks));
  return { application: application.name, stacks };
}

function report({ name }: Application, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new KeelsonError(`Application "${name}"`, problems);
}

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
  const { name, personal, issuer } = settings;
  const environment = new Environment<unknown>(app, name, {
    application: definition.name,
    domain: settings.domain ?? `${name}.${definition.domain}`,
    settings: settings.settings,
    issuer,
    images: definition.images,
    personal,
  });
  definition.services(environment as Environment<never>);
  return environment;
}

/** One manifest for every chart that has objects, nested ones included. */
const manifestsOf = (chart: Chart, name: string): Manifest[] =>
  chart.node
    .findAll()
    .filter((construct): construct is Chart => Chart.isChart(construct))
    .map((part) => ({
      name: part === chart ? name : part.node.path.slice(chart.node.path.length + 1).replaceAll('/', '-'),
      objects: objectsOf(part),
    }))
    .filter(({ objects }) => objects.length > 0);

/**
 * The chart's own objects, in the order of construction, or of the dependencies where the application states some.
 * cdk8s' own `toJson` looks at every construct of the application once a chart: too slow to do always.
 */
function objectsOf(chart: Chart): KubeObject[] {
  const constructs = chart.node.findAll();
  if (constructs.some(({ node }) => node.dependencies.length > 0)) return chart.toJson() as KubeObject[];
  return constructs
    .filter(
      (construct): construct is ApiObject =>
        ApiObject.isApiObject(construct) && Chart.of(construct) === chart,
    )
    .map((object) => object.toJson() as KubeObject);
}

/** What constructs found wrong with their own props. */
const constructProblems = (app: App): Problem[] =>
  app.node
    .findAll()
    .flatMap((construct) =>
      construct.node.validate().map((message) => ({ where: construct.node.path, message })),
    );
