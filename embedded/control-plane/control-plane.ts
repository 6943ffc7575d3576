import { existsSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Report } from '../../lib/progress.js';
import { withLock } from '../binaries/lock.js';
import { machineProblem } from '../machine-problem.js';
import { claimedFolders, removeClaimedFolders } from './claimed-folders.js';
import { clusterClient } from './cluster-client.js';
import { CONTEXT, clusterFiles } from './cluster-files.js';
import { type ClusterRecord, readRecord } from './cluster-record.js';
import { missing, startMissing } from './cluster-start.js';
import { serverUrl } from './components.js';
import { cleaningUpOnExit } from './interruption.js';
import { endProcesses, type ProcessRecord, signalAll } from './processes.js';
import { strays } from './strays.js';

/** A real Kubernetes API on loopback whose nodes and pods are simulated. */
export interface EmbeddedCluster {
  /** Path of the kubeconfig, which only its owner can read. */
  readonly kubeconfig: string;
  /** The kubeconfig's one context. */
  readonly context: string;
  /** `https://127.0.0.1:PORT` */
  readonly server: string;
  /** Of Kubernetes, with `v`, as the API server says it. */
  readonly version: string;
  /** Sentence about where the binaries came from. */
  readonly binaries: string;
}

export interface StartEmbeddedCluster {
  /** Holds the data, certificates and logs; made if absent. Other files in it are left alone until it is stopped. */
  readonly directory: string;
  readonly report: Report;
  /** Simulated nodes of 2 CPU and 4 GiB each. @default 1 */
  readonly nodes?: number;
  /** Nothing is started before it resolves, or where it rejects; what is to be started is found in the meantime. @default nothing */
  readonly after?: Promise<unknown>;
  /** Ends a start that goes on, and every process that it has started. */
  readonly signal?: AbortSignal;
}

/**
 * Starts the control plane below `directory`, or returns the running one. Processes outlive the caller; what ended since
 * (killed, or by a reboot) is started again with its data and at its port.
 * @throws where no source has the binaries, or a program ends while it starts: with the last lines of its log
 */
export async function startEmbeddedCluster(
  options: StartEmbeddedCluster,
): Promise<EmbeddedCluster & { readonly started: boolean }> {
  const { report, nodes = 1, signal, after } = options;
  const directory = resolve(options.directory);
  if (process.platform === 'win32') {
    throw machineProblem(
      'The embedded cluster runs on Linux and macOS. On Windows use WSL2, or name a cluster of your own.',
    );
  }
  const onWait = () => report('Waiting for another process that starts or stops the embedded cluster …');
  return await withLock(directory, { onWait, signal }, async () => {
    const known = await readRecord(directory);
    const started: ProcessRecord[] = [];
    const killStarted = () => signalAll(started, 'SIGKILL');
    const onProcess = (process: ProcessRecord) => started.push(process);
    const since = Date.now();
    try {
      const record = await cleaningUpOnExit(killStarted, () =>
        startMissing(known, { directory, nodes, report, signal, onProcess, after }),
      );
      if (started.length > 0) report(upLine(record, nodes, Date.now() - since));
      return { ...describe(directory, record), started: started.length > 0 };
    } catch (error) {
      await endProcesses(started);
      if (!known) await removeTraces(directory, signal?.aborted ?? false);
      throw error;
    }
  });
}

/** The running cluster, or undefined: also where only a part of it runs, which a start would mend. */
export async function findEmbeddedCluster(directory: string): Promise<EmbeddedCluster | undefined> {
  const root = resolve(directory);
  const record = await readRecord(root);
  if (!record || record.version === '' || missing(root, record).length > 0) return undefined;
  try {
    const client = await clusterClient(root);
    const { status } = await client('/readyz');
    return status === 200 ? describe(root, record) : undefined;
  } catch {
    return undefined;
  }
}

/** Stops every process and removes `directory` with all that is in it, and folders of claims. Resolves false where nothing was there. */
export async function stopEmbeddedCluster(directory: string): Promise<boolean> {
  const root = resolve(directory);
  if (!existsSync(root) && (await strays(root)).length === 0) return false;
  return await withLock(root, { onWait: () => undefined }, async () => {
    // What a damaged record fails to name is found by its arguments.
    const record = await readRecord(root).catch(() => undefined);
    const claimed = await claimedFolders(root);
    await endProcesses([...Object.values(record?.processes ?? {}), ...(await strays(root))]);
    await removeClaimedFolders(claimed);
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
    return true;
  });
}

function describe(directory: string, record: ClusterRecord): EmbeddedCluster {
  return {
    kubeconfig: clusterFiles(directory).kubeconfig,
    context: CONTEXT,
    server: serverUrl(record.ports),
    version: record.version,
    binaries: record.binaries,
  };
}

function upLine(record: ClusterRecord, nodes: number, milliseconds: number): string {
  const simulated = nodes === 1 ? 'Its node' : `Its ${nodes} nodes`;
  const seconds = (milliseconds / 1000).toFixed(1);
  return `Kubernetes ${record.version} answers at ${serverUrl(record.ports)} after ${seconds} s. ${simulated} and all pods are simulated by kwok: no container runs`;
}

/** After a first start that failed the logs stay, as the error names them; after one that was called off, nothing. */
async function removeTraces(directory: string, everything: boolean): Promise<void> {
  const ours = ['cluster.json', 'kubeconfig', 'stages.yaml', 'pki', 'etcd', ...(everything ? ['logs'] : [])];
  for (const name of ours) await rm(join(directory, name), { recursive: true, force: true });
  const left = await readdir(directory).catch(() => undefined);
  if (left?.length === 0) await rmdir(directory);
}
