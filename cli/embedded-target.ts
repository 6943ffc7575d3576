import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type EmbeddedCluster,
  findEmbeddedCluster,
  startEmbeddedCluster,
  stopEmbeddedCluster,
} from '../embedded/control-plane/control-plane.js';
import { findKubernetesPlugin } from '../embedded/kubernetes-plugin.js';
import { serveKubernetesProvider } from '../embedded/kubernetes-provider/index.js';
import { findPulumiEngine, type PulumiEngine } from '../embedded/pulumi-engine.js';
import { KeelsonError, listed } from '../lib/config/problem.js';
import type { Synthesis } from '../lib/synth.js';
import type { Exclusion } from '../stacks/cluster-manifests.js';
import { ignoringFolder, type Project, workFolder } from './project.js';
import { simulated } from './simulated.js';
import { reportToStderr, settingsFor, type Target } from './target.js';

/** One control plane for each cluster of the application, each with its state and passphrase, thrown away together. */
const embeddedFolder = (root: string): string => join(workFolder(root), 'embedded');

const NO_WEBHOOKS: Exclusion = {
  reason: 'pods are simulated here, so no webhook answers',
  matches: ({ kind }) => kind.endsWith('WebhookConfiguration'),
};

interface Options {
  /** Start the control plane where it does not run; else a preview goes without one. */
  readonly start: boolean;
  readonly signal: AbortSignal;
}

/** The cluster that needs no account: real control plane, simulated nodes and pods, throw-away state. */
export async function openEmbeddedTarget(project: Project, { start, signal }: Options): Promise<Target> {
  const { root } = project;
  const directory = join(embeddedFolder(root), clusterOf(project.synthesis));
  const report = reportToStderr;
  ignoringFolder(workFolder(root));
  const [engine, cluster] = await engineAndCluster(directory, { start, signal });
  const plugin = await findKubernetesPlugin({ engine: engine.command, report });
  const server = cluster?.server ?? 'https://127.0.0.1';
  const standIn = 'missing' in plugin ? await serveKubernetesProvider({ server }) : undefined;
  const workDir = join(directory, 'pulumi');
  mkdirSync(join(workDir, 'state'), { recursive: true });
  const kubeconfig = cluster && relative('', cluster.kubeconfig);
  return {
    throwAway: true,
    lines: [
      cluster
        ? `Embedded control plane: Kubernetes ${cluster.version} on loopback (${cluster.binaries}). Nodes and pods are simulated by kwok: nothing answers at a URL.`
        : 'Embedded control plane: not started yet; a preview needs none.',
      `Engine: ${engine.description}.`,
      'missing' in plugin
        ? "Provider: Keelson's stand-in for Pulumi's kubernetes plugin, for this cluster only (the plugin can be neither found nor downloaded)."
        : `Provider: ${plugin.description}.`,
    ],
    hints: kubeconfig ? [`kubectl --kubeconfig ${kubeconfig} get pods --all-namespaces`] : [],
    deploy: {
      synthesis: simulated(project.synthesis),
      settingsOf: (stack) =>
        settingsFor(stack, {
          kubeconfig: cluster ? { file: cluster.kubeconfig, context: cluster.context } : 'not-there-yet',
          protectData: false,
          exclude: [NO_WEBHOOKS],
        }),
      workDir,
      createStack: true,
      backendUrl: pathToFileURL(join(workDir, 'state')).href,
      pulumiHome: 'missing' in plugin ? join(workDir, 'home') : plugin.pulumiHome,
      env: { PULUMI_CONFIG_PASSPHRASE: passphrase(workDir) },
      engine: engine.command,
      providers: standIn ? { debugPort: standIn.port } : 'real',
      generateSecrets: true,
      startAnew: 'keelson down, then keelson up',
      report,
      signal,
    },
    close: async () => standIn?.close(),
  };
}

/** Side by side: what neither finds is downloaded and built, which takes minutes the first time. */
async function engineAndCluster(
  directory: string,
  { start, signal }: Options,
): Promise<[PulumiEngine, EmbeddedCluster | undefined]> {
  const failed = new AbortController();
  const options = { report: reportToStderr, signal: AbortSignal.any([signal, failed.signal]) };
  const finding = findPulumiEngine(options);
  try {
    return await Promise.all([
      finding,
      start
        ? startEmbeddedCluster({ ...options, directory, after: finding })
        : findEmbeddedCluster(directory),
    ]);
  } catch (error) {
    // The other would go on building for nobody.
    failed.abort();
    throw error;
  }
}

/** The embedded cluster of that name, where it runs. */
export const findEmbedded = (root: string, cluster: string): Promise<EmbeddedCluster | undefined> =>
  findEmbeddedCluster(join(embeddedFolder(root), cluster));

const clustersIn = (root: string): string[] => {
  const folder = embeddedFolder(root);
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** The folders above the project that have embedded clusters of their own, nearest first, with the clusters' names. */
export function embeddedAbove(root: string): { readonly folder: string; readonly clusters: string[] }[] {
  const folder = dirname(root);
  if (folder === root) return [];
  const clusters = clustersIn(folder);
  return [...(clusters.length > 0 ? [{ folder, clusters }] : []), ...embeddedAbove(folder)];
}

/** Stops and removes every embedded cluster of the project. @returns the names of those that were there */
export async function removeEmbedded(root: string): Promise<string[]> {
  const folder = embeddedFolder(root);
  const clusters = clustersIn(root);
  for (const cluster of clusters) await stopEmbeddedCluster(join(folder, cluster));
  rmSync(folder, { recursive: true, force: true });
  return clusters;
}

/** @throws KeelsonError where environments of several clusters are named: they would meet on one control plane. */
function clusterOf({ stacks }: Synthesis): string {
  const [first = 'cluster', ...others] = stacks
    .filter(({ kind }) => kind === 'cluster')
    .map(({ cluster }) => cluster);
  if (others.length === 0) return first;
  throw new KeelsonError('The command', [
    {
      where: '--env',
      message: `names environments of several clusters (${listed([first, ...others])}); the embedded control plane is one cluster at a time`,
    },
  ]);
}

/** Encrypts the throw-away state; made once, readable by its owner only. */
function passphrase(workDir: string): string {
  const file = join(workDir, 'passphrase');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
