import { createRequire } from 'node:module';
import type * as pulumi from '@pulumi/pulumi';
import type { Application } from '../lib/application.js';
import { didYouMean, KeelsonError, listed } from '../lib/config/problem.js';
import type { StackManifests, Synthesis } from '../lib/synth.js';
import { ClusterManifests, type LeftOut } from './cluster-manifests.js';
import { ClusterSecrets } from './cluster-secrets.js';
import { endpoints } from './endpoints.js';
import { kubeconfig } from './kubeconfig.js';
import { KubernetesProvider } from './kubernetes-provider.js';
import { logsCommand } from './logs-command.js';
import { protectsData, readSettings, type StackSettings } from './settings.js';

/** What a stack tells people and other stacks. */
export interface ProgramOutputs {
  readonly application: string;
  /** What a person opens in a browser. */
  readonly urls: readonly string[];
  /** Where Services answer inside the cluster: `web.shop-staging.svc:80`. */
  readonly endpoints: readonly string[];
  /** Namespaces that the objects lie in or are. */
  readonly namespaces: readonly string[];
  /** How many Kubernetes objects the stack applies. */
  readonly objects: number;
  /** Follows the logs of the stack's pods; only where it has pods. */
  readonly logs?: string;
  /** What was not applied to this cluster, and why; only where something was. */
  readonly leftOut?: readonly LeftOut[];
  /** Access for environment stacks that name this one as `keelson:clusterStack`; a cluster stack's only. */
  readonly kubeconfig?: pulumi.Output<string>;
}

/** What a program registers. */
export interface StackParts {
  readonly outputs: ProgramOutputs;
  /** The access to the stack's cluster. */
  readonly provider: KubernetesProvider;
  readonly manifests: ClusterManifests;
}

/**
 * What runs inside a Pulumi stack: the objects of one cluster or one environment, each a resource.
 *
 * @param source the application, or what it was synthesized to already
 * @param settings what the stack is. @default its configuration says it
 * @throws KeelsonError before anything is registered: wrong settings, missing secrets, an unknown environment.
 */
export const program = (source: Application | Synthesis, settings?: StackSettings): ProgramOutputs =>
  stackParts(source, settings).outputs;

/** The same, with what it registers. */
export function stackParts(
  source: Application | Synthesis,
  settings: StackSettings = readSettings(),
): StackParts {
  const synthesis = 'stacks' in source ? source : synthesized(source, settings);
  const stack = stackOf(synthesis, settings);
  const secrets = new ClusterSecrets(stack.secrets);
  const access = kubeconfig(settings.kubeconfig);
  const provider = new KubernetesProvider('cluster', {
    kubeconfig: access.content,
    clusterIdentity: access.clusterIdentity,
    forceConflicts: settings.forceConflicts,
  });
  const manifests = new ClusterManifests(synthesis.application, {
    provider,
    manifests: stack.secrets.length > 0 ? [secrets.manifest, ...stack.manifests] : stack.manifests,
    protectData: settings.protectData ?? protectsData(),
    exclude: settings.exclude,
  });
  const { resources, leftOut } = manifests;
  const objects = stack.manifests.flatMap((manifest) => manifest.objects);
  const namespaces = objects.flatMap(
    ({ kind, metadata }) => (kind === 'Namespace' ? metadata.name : metadata.namespace) ?? [],
  );
  const logs = logsCommand(objects, settings.kubeconfig);
  const outputs = {
    application: synthesis.application,
    urls: stack.urls,
    endpoints: endpoints(objects),
    namespaces: [...new Set(namespaces)].sort(),
    objects: resources.size,
    ...(logs !== undefined && { logs }),
    ...(leftOut.length > 0 && { leftOut }),
    ...(settings.kind === 'cluster' && { kubeconfig: access.shared }),
  };
  return { outputs, provider, manifests };
}

/** Personal environments are those of the application's `people`: a misspelt name is nobody's. */
function synthesized(application: Application, { kind, name }: StackSettings): Synthesis {
  // Whoever has an application has loaded it already; for all others it is most of what an import costs.
  const { synthesize } = createRequire(__filename)('../lib/synth.js') as typeof import('../lib/synth.js');
  return synthesize(application, kind === 'environment' ? { environments: [name] } : {});
}

/** @throws KeelsonError where the application has no such cluster or environment. */
export function stackOf({ application, stacks }: Synthesis, { kind, name }: StackSettings): StackManifests {
  const candidates = stacks.filter((stack) => stack.kind === kind);
  const nameOf = (stack: StackManifests) => (kind === 'cluster' ? stack.cluster : stack.name);
  const found = candidates.find((stack) => nameOf(stack) === name);
  if (found) return found;
  const names = candidates.map(nameOf);
  throw new KeelsonError(`Application "${application}"`, [
    {
      where: kind,
      message: `there is no "${name}"${didYouMean(name, names) || ';'} it has: ${listed(names)}`,
    },
  ]);
}
