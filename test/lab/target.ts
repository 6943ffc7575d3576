import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serveKubernetesProvider } from '../../embedded/kubernetes-provider/index.js';
import { findPulumiEngine } from '../../embedded/pulumi-engine.js';
import type { KubeObject } from '../../lib/kube/object.js';
import { type Synthesis, synthesize } from '../../lib/synth.js';
import { loadApplication } from '../../stacks/application.js';
import type { Exclusion } from '../../stacks/cluster-manifests.js';
import type { StackRun } from '../../stacks/deploy.js';
import { upAll } from '../../stacks/deploy-all.js';
import type { LabFolders } from './node/folders.js';
import type { LabNode } from './node/node.js';
import { report } from './report.js';

/** Kinds that have pods, or that are asked before every change. */
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

/** A copy of an example that is brought up as `keelson up` does it, and can be edited. */
export interface LabApplication {
  /** Folder of the copy. */
  readonly root: string;
  /** @param stacks names; clusters' end with `-cluster` */
  up(stacks: readonly string[], exclude?: readonly Exclusion[]): Promise<readonly StackRun[]>;
}

/**
 * Opens an example. The lab's network is closed, so Pulumi's own plugin cannot be fetched: the stand-in takes its place.
 * @param environment the one of its environments that is brought up
 */
export async function openApplication(
  node: LabNode,
  folders: LabFolders,
  { name, environment }: { readonly name: string; readonly environment: string },
): Promise<LabApplication & { close(): Promise<void> }> {
  const root = join(folders.applications, name);
  cpSync(join(__dirname, '../../examples', name), root, { recursive: true });
  const engine = await findPulumiEngine({ report });
  const standIn = await serveKubernetesProvider({ server: node.server });
  const workDir = join(folders.pulumi, name);
  mkdirSync(join(workDir, 'state'), { recursive: true });
  const passphrase = randomBytes(32).toString('hex');
  const synthesis = async (): Promise<Synthesis> =>
    synthesize(await loadApplication(root), { environments: [environment] });
  return {
    root,
    up: async (stacks, exclude = []) =>
      await upAll({
        synthesis: await synthesis(),
        stacks,
        settingsOf: (stack) => ({
          kind: stack.kind,
          name: stack.kind === 'cluster' ? stack.cluster : stack.name,
          kubeconfig: { file: node.kubeconfig, context: node.context },
          protectData: false,
          exclude: [...NOT_HERE, ...exclude],
        }),
        workDir,
        createStack: true,
        backendUrl: pathToFileURL(join(workDir, 'state')).href,
        pulumiHome: join(workDir, 'home'),
        env: { PULUMI_CONFIG_PASSPHRASE: passphrase },
        engine: engine.command,
        providers: { debugPort: standIn.port },
        generateSecrets: true,
        report,
      }),
    close: standIn.close,
  };
}
