import { CONTEXT, clusterFiles } from '../../embedded/control-plane/cluster-files.js';
import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import { readKubeconfig } from '../../embedded/kubernetes-provider/kubeconfig.js';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { synthesize } from '../../lib/synth.js';
import { loadApplication } from '../../stacks/application.js';
import type { Exclusion } from '../../stacks/cluster-manifests.js';
import { type DeployAllOptions, destroyAll, upAll } from '../../stacks/deploy-all.js';
import { labFolders } from './node/folders.js';
import { labState } from './prepared.js';
import { pulumiProject } from './pulumi-project.js';
import { report } from './report.js';
import { RollOut, type UpTimes } from './up-times.js';

/** Kinds that have pods. */
const RUNS = /^(Deployment|DaemonSet|StatefulSet|Job|CronJob)$/;

const runsIn =
  (namespace: string) =>
  ({ kind, metadata }: KubeObject): boolean =>
    RUNS.test(kind) && metadata.namespace === namespace;

/** What of the examples has no program here. */
const NOT_HERE: readonly Exclusion[] = [
  { reason: 'cert-manager is published as images only', matches: runsIn('cert-manager') },
  {
    reason: 'cert-manager, which would answer, is not here',
    matches: ({ kind }) => kind.endsWith('WebhookConfiguration'),
  },
  { reason: 'the lab makes no images for monitoring', matches: runsIn('monitoring') },
];

/**
 * Brings stacks up or takes them down as `keelson` does. The lab's network is closed, so Pulumi's own plugin cannot be
 * fetched, and the stand-in takes its place: it is served for this cluster only. Tells its parent how long it took.
 */
async function main([verb, root = '', environments = '', ...stacks]: readonly string[]): Promise<void> {
  const folders = labFolders(labState());
  const { kubeconfig } = clusterFiles(folders.controlPlane);
  const standIn = await serveKubernetesProvider({ server: readKubeconfig(kubeconfig).server });
  const engine = await findPulumiEngine({ report });
  const loaded = performance.now();
  const synthesis = synthesize(await loadApplication(root), { environments: environments.split(',') });
  const synthesized = performance.now();
  const rollOut = new RollOut(() => performance.now());
  const options: DeployAllOptions = {
    synthesis,
    stacks,
    settingsOf: (stack) => ({
      kind: stack.kind,
      name: stack.kind === 'cluster' ? stack.cluster : stack.name,
      kubeconfig: { file: kubeconfig, context: CONTEXT },
      protectData: false,
      exclude: NOT_HERE,
    }),
    ...pulumiProject(folders, synthesis.application),
    createStack: true,
    engine: engine.command,
    providers: { debugPort: standIn.port },
    generateSecrets: true,
    progress: () => ({ onEvent: (event) => rollOut.add(event), note: report, finish: () => undefined }),
  };
  await (verb === 'destroy' ? destroyAll({ ...options, removeStack: true }) : upAll(options));
  await standIn.close();
  const { changing, rolledOut } = rollOut;
  process.send?.({ loaded, synthesized, changing, rolledOut } satisfies UpTimes);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
