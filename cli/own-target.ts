import { findKubernetesPlugin, type KubernetesPlugin } from '../embedded/kubernetes-plugin.js';
import { findPulumiEngine } from '../embedded/pulumi-engine.js';
import { KeelsonError } from '../lib/config/problem.js';
import { pulumi } from '../lib/config/versions.js';
import type { StackManifests } from '../lib/synth.js';
import type { Verb } from '../stacks/deploy-options.js';
import { readKubeconfig } from '../stacks/kubeconfig-file.js';
import type { Project } from './project.js';
import { refuseFileStateInCi } from './state-in-ci.js';
import { reportToStderr, settingsFor, type Target, type TargetChoice } from './target.js';

/**
 * A cluster of the user's own, with the user's own state and passphrase.
 *
 * @throws KeelsonError where the kubeconfig has no such context, the state would be lost with a machine of CI, or
 *   Pulumi's kubernetes plugin cannot be had: the stand-in never touches such a cluster.
 */
export async function openOwnTarget(
  { root, synthesis }: Project,
  choice: Exclude<TargetChoice, { kind: 'embedded' | 'machines' }>,
  { verb, signal }: { readonly verb: Verb; readonly signal: AbortSignal },
): Promise<Target> {
  const named = choice.kind === 'kubeconfig' ? choice : undefined;
  // What is mistyped is said before anything is fetched or built.
  if (named) readKubeconfig(named.file, named.context);
  const engine = await findPulumiEngine({ report: reportToStderr, signal });
  await refuseFileStateInCi(verb, { root, engine: engine.command });
  const plugin = requireKubernetesPlugin(
    await findKubernetesPlugin({ engine: engine.command, report: reportToStderr }),
  );
  return {
    throwAway: false,
    lines: [
      named
        ? `Cluster: context ${named.context} in ${named.file}.`
        : 'Cluster: as the configuration of each stack says.',
      `Engine: ${engine.description}.`,
      `Provider: ${plugin.description}.`,
    ],
    hints: [],
    deploy: {
      synthesis,
      ...(named && {
        settingsOf: (stack: StackManifests) => settingsFor(stack, { kubeconfig: named }),
        createStack: true,
      }),
      workDir: root,
      pulumiHome: plugin.pulumiHome,
      engine: engine.command,
      providers: 'real',
      report: reportToStderr,
      signal,
    },
    close: async () => undefined,
  };
}

/** @throws KeelsonError where it cannot be had: the stand-in never touches a cluster of the user's own. */
export function requireKubernetesPlugin(
  plugin: Awaited<ReturnType<typeof findKubernetesPlugin>>,
): KubernetesPlugin {
  if (!('missing' in plugin)) return plugin;
  throw new KeelsonError("Pulumi's kubernetes plugin", [
    {
      where: 'plugin',
      message: `is not installed and cannot be downloaded: ${plugin.missing}. Install it with: pulumi plugin install resource kubernetes v${pulumi.kubernetesPlugin}. Keelson's stand-in serves the embedded cluster only`,
    },
  ]);
}
