import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterClient, clusterClient } from '../../../embedded/control-plane/cluster-client.js';
import {
  CONTEXT,
  clusterFiles,
  kubeconfig,
  writeClusterFiles,
  writePrivately,
} from '../../../embedded/control-plane/cluster-files.js';
import { components, serverUrl } from '../../../embedded/control-plane/components.js';
import { issue, newKeys } from '../../../embedded/control-plane/pki.js';
import { freePorts } from '../../../embedded/control-plane/ports.js';
import {
  endProcesses,
  isRunning,
  type ProcessRecord,
  startProcess,
} from '../../../embedded/control-plane/processes.js';
import { waitUntil } from '../../../embedded/control-plane/wait-until.js';
import type { RegistriesConfiguration } from '../../../lib/constructs/registry/registries-configuration.js';
import type { Report } from '../../../lib/progress.js';
import { type Programs, writeCommands } from '../programs.js';
import { configureContainerd } from './containerd.js';
import { containerdAnswers } from './containerd-answers.js';
import { FIRST, LAB, type LabFolders } from './folders.js';
import { configureKubelet, kubeProxyArguments } from './kubelet.js';
import { cutPower } from './power-cut.js';

/** Milliseconds within which each step must be done: many times what a busy machine takes. */
const PATIENCE = 180_000;

/** What the embedded control plane need not have, as no pod calls it there and no kubelet is called. Later flags win. */
const FOR_PODS: Readonly<Record<string, readonly string[]>> = {
  'kube-apiserver': [
    '--bind-address=0.0.0.0',
    `--advertise-address=${FIRST.address}`,
    '--endpoint-reconciler-type=lease',
    '--kubelet-preferred-address-types=InternalIP',
  ],
  'kube-controller-manager': ['--enable-hostpath-provisioner=false'],
};

/** A control plane and a node, as processes of the lab's namespaces: these end them when the lab ends. */
export interface LabNode {
  readonly kubeconfig: string;
  readonly context: string;
  readonly server: string;
  readonly client: ClusterClient;
  /** By name, for what they cost. */
  readonly processes: ReadonlyMap<string, ProcessRecord>;
  /**
   * Loses its power, and starts again: resolves when the node is ready once more.
   * @param lost happens in between @default nothing
   */
  restart(lost?: () => void): Promise<void>;
  /** Ends all of it but the pods, as k3s does when its service stops. */
  stop(): Promise<void>;
  /** Starts what was stopped: resolves when the node is ready once more. */
  start(): Promise<void>;
}

/** Starts everything and waits until the node is ready. @throws with the log's name where something ends or hangs */
export async function startNode(
  folders: LabFolders,
  programs: Programs,
  options: { readonly registries: RegistriesConfiguration; readonly report: Report },
): Promise<LabNode> {
  const directory = folders.controlPlane;
  const files = clusterFiles(directory);
  const ports = await freePorts();
  await writeClusterFiles(directory, serverUrl(ports));
  await issueForNode(directory, serverUrl(ports));
  process.env.PATH = `${writeCommands(folders.commands, programs)}:${process.env.PATH}`;
  const processes = new Map<string, ProcessRecord>();
  const startOne = async (name: string, args: readonly string[]) => {
    options.report(`Starting ${name}`);
    const binary = join(folders.commands, name);
    processes.set(name, await startProcess({ binary, args, folder: directory, log: files.log(name) }));
  };
  const ready = (what: string, look: () => Promise<boolean>) =>
    waitUntil(look, { what: `${what} (logs: ${join(directory, 'logs')})`, within: PATIENCE, check });
  const check = () => {
    const ended = [...processes].find(([, process]) => !isRunning(process))?.[0];
    if (!ended) return;
    const lines = readFileSync(files.log(ended), 'utf8').trimEnd().split('\n').slice(-15);
    throw new Error(`${ended} ended:\n${lines.join('\n')}`);
  };
  const client = await clusterClient(directory);
  const answers = async (path: string) => (await client(path)).status === 200;
  const run = async () => {
    const since = Date.now();
    for (const { name, args } of components(directory, ports).filter(({ name }) => name !== 'kwok')) {
      if (name.endsWith('manager')) await ready('The API server', () => answers('/readyz'));
      const kubelet = name === 'kube-apiserver' ? kubeletClient(directory) : [];
      await startOne(name, [...args, ...(FOR_PODS[name] ?? []), ...kubelet]);
    }
    mkdirSync('/run/containerd', { recursive: true });
    mkdirSync('/run/cni', { recursive: true });
    await startOne('containerd', ['--config', folders.containerdConfig]);
    // It takes up the pods that go on first, and the kubelet does not wait for that.
    await ready('containerd', containerdAnswers);
    await startOne('kubelet', kubeletArguments);
    await startOne('kube-proxy', kubeProxyArguments(FIRST, files.pki('kube-proxy.kubeconfig')));
    await ready('The default service account', () =>
      answers('/api/v1/namespaces/default/serviceaccounts/default'),
    );
    await ready('The node', async () =>
      isReady(JSON.parse((await client(`/api/v1/nodes/${LAB}`)).body), since),
    );
  };
  configureContainerd(folders, FIRST, {
    plugins: join(programs.debian, 'usr/lib/cni'),
    registries: options.registries,
  });
  const kubeletArguments = configureKubelet(
    folders,
    FIRST,
    files.pki('ca.crt'),
    files.pki('kubelet.kubeconfig'),
  );
  await run();
  const restart = async (lost = () => {}) => {
    options.report('The node loses its power');
    await cutPower(folders);
    processes.clear();
    lost();
    await run();
  };
  const stop = async () => {
    options.report('The node stands still');
    await endProcesses([...processes.values()], 5_000);
    processes.clear();
  };
  return {
    kubeconfig: files.kubeconfig,
    context: CONTEXT,
    server: serverUrl(ports),
    client,
    processes,
    restart,
    stop,
    start: run,
  };
}

interface NodeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastHeartbeatTime?: string;
    }[];
  };
}

/** @param since milliseconds since 1970: what was said before is about an earlier life of the node */
export const isReady = ({ status }: NodeObject, since: number): boolean =>
  status?.conditions?.some(
    ({ type, status, lastHeartbeatTime = '' }) =>
      type === 'Ready' && status === 'True' && Date.parse(lastHeartbeatTime) >= since - 1000,
  ) ?? false;

/** As whom a node's kubelet and its proxy talk to the API server. */
export const nodeClient = (name: string) => ({
  commonName: `system:node:${name}`,
  organization: 'system:nodes',
});
export const PROXY_CLIENT = { commonName: 'system:kube-proxy' };

/** Certificates of the node's own clients, signed by the cluster's authority. */
async function issueForNode(directory: string, server: string): Promise<void> {
  const { pki } = clusterFiles(directory);
  const read = (name: string) => readFileSync(pki(name), 'utf8');
  const authority = { key: read('ca.key'), certificate: read('ca.crt') };
  const keys = await newKeys();
  const clients = {
    kubelet: nodeClient(LAB),
    'kube-proxy': PROXY_CLIENT,
    'apiserver-kubelet': { commonName: 'kube-apiserver', organization: 'system:masters' },
  };
  for (const [name, subject] of Object.entries(clients)) {
    const pair = issue(authority, keys, subject);
    await writePrivately(pki(`${name}.kubeconfig`), kubeconfig(server, authority.certificate, pair));
    await writePrivately(pki(`${name}.key`), pair.key);
    await writePrivately(pki(`${name}.crt`), pair.certificate);
  }
}

const kubeletClient = (directory: string): string[] => {
  const { pki } = clusterFiles(directory);
  return [
    `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${pki('apiserver-kubelet.key')}`,
  ];
};
