import type { Application } from './application.js';
import { unprovedWildcards } from './certificate-solvers.js';
import { selectComponents } from './component-selection.js';
import { KeelsonError, type Problem } from './config/problem.js';
import type { Selection } from './config/selection.js';
import { constructProblems, constructTree } from './construct-tree.js';
import { ingressUrls, sharedPaths } from './ingress-paths.js';
import type { KubeObject } from './kube/object.js';
import { chartManifests, type Manifest } from './manifests.js';
import { objectsGivenTwice } from './objects-given-twice.js';
import { quotaProblems } from './quota-problems.js';
import { type SecretNeed, secretNeeds } from './secret-needs.js';

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
 * @throws KeelsonError with every problem of every selected environment at once.
 */
export function synthesize(application: Application, selection: Selection = {}): Synthesis {
  const tree = constructTree(application, selection);
  const { app, clusters, environments } = tree;
  const { wanted, problems } = selectComponents(
    app,
    environments.map(({ chart }) => chart),
    selection,
  );
  report(application, [
    ...problems,
    ...(selection.setup && selection.services
      ? [
          {
            where: 'setup',
            message: 'was asked for together with services, which it has none of; ask for one',
          },
        ]
      : []),
    ...constructProblems(tree),
  ]);

  const clusterStacks = clusters.map(({ name, chart }) => ({
    kind: 'cluster' as const,
    name: chart.node.id,
    cluster: name,
    manifests: chartManifests(chart, chart.node.id),
    secrets: secretNeeds(chart, () => true),
    urls: [],
  }));
  const environmentStacks = environments.map(({ settings, chart }) => {
    const manifests = chartManifests(chart, application.name, wanted);
    return {
      kind: 'environment' as const,
      name: settings.name,
      cluster: settings.cluster,
      manifests,
      secrets: secretNeeds(chart, wanted),
      urls: ingressUrls(objectsIn(manifests)),
    };
  });
  const stacks: StackManifests[] = [
    ...(selection.services === undefined ? clusterStacks : []),
    ...(selection.setup ? [] : environmentStacks),
  ];
  report(application, [
    ...objectsGivenTwice(stacks),
    ...sharedPaths(stacks),
    ...unprovedWildcards(stacks),
    ...environments.flatMap(({ settings }, index) =>
      quotaProblems(settings, objectsIn(environmentStacks[index]?.manifests ?? [])),
    ),
  ]);
  return { application: application.name, stacks };
}

const objectsIn = (manifests: readonly Manifest[]): KubeObject[] =>
  manifests.flatMap(({ objects }) => objects);

function report({ name }: Application, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new KeelsonError(`Application "${name}"`, problems);
}
