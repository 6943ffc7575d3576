import { mkdir, readFile, rm } from 'node:fs/promises';
import { findBinaries } from '../binaries/binaries.js';
import type { SourceOptions } from '../binaries/binary-source.js';
import { ETCD, KUBERNETES, KWOK } from '../binaries/go-modules.js';
import { machineProblem } from '../machine-problem.js';
import { messageOf } from '../message-of.js';
import { shareClaimedFolders } from './claimed-folders.js';
import { clusterClient } from './cluster-client.js';
import { clusterFiles, writeClusterFiles } from './cluster-files.js';
import { type ClusterRecord, writeRecord } from './cluster-record.js';
import { type Component, components, serverUrl } from './components.js';
import { addNodes, nodesReady } from './nodes.js';
import { freePorts, isFree } from './ports.js';
import { endProcesses, isRunning, type ProcessRecord, startProcess } from './processes.js';
import { strays } from './strays.js';
import { waitUntil } from './wait-until.js';

/** Milliseconds within which each step of a start must be done: many times what a slow machine takes. */
const PATIENCE = 120_000;

/** Milliseconds for programs of another version to put their data in order. */
const GRACE = 15_000;

/** Milliseconds within which a port of a process that has just ended is free again. */
const PORT_PATIENCE = 5_000;

/** What this package would run. */
export const PINNED = [KUBERNETES, ETCD, KWOK].map(({ name, version }) => `${name} ${version}`).join(', ');

export interface StartOptions extends SourceOptions {
  readonly directory: string;
  readonly nodes: number;
  /** Told of each process at once, so that it can be ended whatever happens to this one. */
  readonly onProcess: (process: ProcessRecord) => void;
  readonly after?: Promise<unknown>;
}

const running = (record: ClusterRecord, name: string): boolean => {
  const found = record.processes[name];
  return found !== undefined && isRunning(found);
};

const runningOnes = (record: ClusterRecord): ClusterRecord['processes'] =>
  Object.fromEntries(Object.entries(record.processes).filter(([, process]) => isRunning(process)));

/** Components that do not run, in the order of their start. */
export function missing(directory: string, record: ClusterRecord): readonly Component[] {
  return components(directory, record.ports).filter(({ name }) => !running(record, name));
}

/**
 * Components to start: from the first that does not run on, since each depends on those before it. A controller-manager
 * that meets an API server which is just starting again ends itself, seconds later.
 */
function due(directory: string, record: ClusterRecord): readonly Component[] {
  const all = components(directory, record.ports);
  const first = all.findIndex(({ name }) => !running(record, name));
  return first < 0 ? [] : all.slice(first);
}

/** What the other programs are clients of. */
const SERVERS: readonly string[] = ['etcd', 'kube-apiserver'];

/** Starts what does not run of a cluster, known by its record or new, and waits until it is of use. */
export async function startMissing(
  known: ClusterRecord | undefined,
  options: StartOptions,
): Promise<ClusterRecord> {
  const { directory, report } = options;
  let record = known ?? (await newRecord(directory));
  if (record.pinned !== PINNED) {
    report(`The embedded cluster ran ${record.pinned}; it goes on with ${PINNED}`);
    await endProcesses(Object.values(record.processes), GRACE);
  }
  const toStart = due(directory, record);
  const left = (await strays(directory)).filter(
    ({ pid }) => !Object.values(record.processes).some((process) => process.pid === pid),
  );
  await endProcesses(left);
  if (toStart.length > 0) {
    const [binaries] = await Promise.all([findBinaries(options), options.after]);
    report(startLine(directory, known, toStart));
    await endProcesses(toStart.flatMap(({ name }) => record.processes[name] ?? []));
    await checkPorts(record, toStart);
    record = { ...record, pinned: PINNED, binaries: binaries.origin, processes: runningOnes(record) };
    await writeRecord(directory, record);
    await writeClusterFiles(directory, serverUrl(record.ports));
    await shareClaimedFolders();
    for (const component of toStart) {
      // The others end themselves where no API server answers.
      if (!SERVERS.includes(component.name)) await waitForServer(record, options);
      record = await start(component, binaries.paths[component.name] ?? component.name, record, options);
    }
  }
  await waitForServer(record, options);
  await waitForNodes(record, options);
  const client = await clusterClient(directory);
  const { gitVersion } = JSON.parse((await client('/version')).body) as { gitVersion: string };
  if (record.version === gitVersion) return record;
  const complete = { ...record, version: gitVersion };
  await writeRecord(directory, complete);
  return complete;
}

async function newRecord(directory: string): Promise<ClusterRecord> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // Certificates without a record are those of a start that was killed: its port is not known any more.
  await rm(clusterFiles(directory).kubeconfig, { force: true });
  return { version: '', pinned: PINNED, binaries: '', ports: await freePorts(), processes: {} };
}

function startLine(
  directory: string,
  known: ClusterRecord | undefined,
  toStart: readonly Component[],
): string {
  const names = toStart.map(({ name }) => name).join(', ');
  if (!known) return `Starting a Kubernetes ${KUBERNETES.version} control plane on loopback (${names}) …`;
  const all = toStart.length === components(directory, known.ports).length;
  if (all) return `Starting the embedded cluster again, with its data (${names}) …`;
  return `Starting ${missing(directory, known)[0]?.name} again, which had ended, and what depends on it (${names}) …`;
}

async function checkPorts(record: ClusterRecord, toStart: readonly Component[]): Promise<void> {
  const { apiserver, etcd, etcdPeer } = record.ports;
  const wanted: Record<string, readonly number[]> = { 'kube-apiserver': [apiserver], etcd: [etcd, etcdPeer] };
  for (const { name } of toStart) {
    for (const port of wanted[name] ?? []) {
      if (await isFree(port, PORT_PATIENCE)) continue;
      throw machineProblem(
        `Port ${port} of 127.0.0.1, which the embedded cluster's ${name} had, is taken by another process. ` +
          'End that process, or remove the cluster with `keelson down` and start anew.',
      );
    }
  }
}

async function start(
  component: Component,
  binary: string,
  record: ClusterRecord,
  { directory, onProcess, signal }: StartOptions,
): Promise<ClusterRecord> {
  signal?.throwIfAborted();
  const { name, args } = component;
  const log = clusterFiles(directory).log(name);
  const started = await startProcess({ binary, args, folder: directory, log });
  onProcess(started);
  const next = { ...record, processes: { ...record.processes, [name]: started } };
  await writeRecord(directory, next);
  return next;
}

async function waitForServer(record: ClusterRecord, options: StartOptions): Promise<void> {
  const client = await clusterClient(options.directory);
  const look = async () => (await client('/readyz')).status === 200;
  await waitFor(look, 'The API server', 'kube-apiserver', record, options);
}

/** Nodes are ready by kwok, and the default service account is there by the controller-manager: pods can be made. */
async function waitForNodes(record: ClusterRecord, options: StartOptions): Promise<void> {
  const client = await clusterClient(options.directory);
  await addNodes(client, options.nodes);
  await waitFor(() => nodesReady(client, options.nodes), 'The simulated node', 'kwok', record, options);
  const account = '/api/v1/namespaces/default/serviceaccounts/default';
  const look = async () => (await client(account)).status === 200;
  await waitFor(look, 'The default service account', 'kube-controller-manager', record, options);
}

async function waitFor(
  look: () => Promise<boolean>,
  what: string,
  responsible: string,
  record: ClusterRecord,
  { directory, signal }: StartOptions,
): Promise<void> {
  let suspect = responsible;
  const check = () => {
    const dead = Object.keys(record.processes).find((name) => !running(record, name));
    if (!dead) return;
    suspect = dead;
    throw new Error(`${dead} ended while the embedded cluster started`);
  };
  try {
    await waitUntil(look, { what, within: PATIENCE, check, signal });
  } catch (error) {
    signal?.throwIfAborted();
    const log = clusterFiles(directory).log(suspect);
    throw machineProblem(`${messageOf(error)}. The last lines of ${log}:\n${await tail(log)}`);
  }
}

async function tail(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '(there is no log)');
  const lines = text.trimEnd().split('\n').slice(-10);
  return lines.map((line) => `  ${line.slice(0, 240)}`).join('\n');
}
