import { createHash, X509Certificate } from 'node:crypto';
import { KeelsonError } from '../../lib/config/problem.js';
import { withForward } from '../machine/forward.js';
import { kubeconfigOf } from '../machine/kubeconfig.js';
import { SshError, type SshFault } from '../machine/ssh-error.js';
import type { ClusterToMake } from './cluster-to-make.js';
import type { Made } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';
import { answeringServer, sshMachines } from './ssh-machines.js';
import { stackState } from './stack-state.js';
import { wayOn } from './way-on.js';

/** Milliseconds before its end from which a certificate is fetched anew; k3s renews it when it starts. */
const EARLY = 30 * 24 * 3600_000;
/** Ports of this machine that forwards begin at; `withForward` takes its own from the same range. */
const [LOWEST, COUNT] = [20_000, 10_000];

interface Access {
  readonly kubeconfig: { readonly content: string; readonly server?: string } | 'not-there-yet';
  /** Given when the way to the API is lost. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Access to a cluster for as long as `use` takes. That of machines goes through SSH; its kubeconfig is what the cluster's
 * stack keeps, encrypted, and is fetched where that has none yet or an old one. A preview fetches nothing.
 *
 * @throws SshError where no server answers.
 */
export async function withClusterAccess<T>(
  cluster: ClusterToMake,
  made: Made,
  options: ProvisionOptions & { readonly fetch: boolean },
  use: (access: Access) => Promise<T>,
): Promise<T> {
  const { signal, report } = options;
  if (cluster.settings.managed)
    return use({ kubeconfig: made.kubeconfig ? { content: made.kubeconfig } : 'not-there-yet', signal });
  const machines = sshMachines(made, options);
  try {
    const server = await answeringServer(machines, signal);
    const stored = await storedKubeconfig(cluster, options);
    if (server === undefined || (stored === undefined && !options.fetch))
      return await use({ kubeconfig: 'not-there-yet', signal });
    const content =
      stored !== undefined && !(options.fetch && endsSoon(stored))
        ? stored
        : await kubeconfigOf(server, { cluster: cluster.name, signal });
    return await withForward(
      server,
      (forward) => use({ kubeconfig: { content, server: forward.server }, signal: forward.signal }),
      {
        remotePort: apiPort(content),
        port: forwardPort(options.synthesis.application, cluster.name),
        signal,
        report,
      },
    );
  } catch (error) {
    if (!(error instanceof SshError) || !SILENT.includes(error.fault)) throw error;
    // That of the first server, whose words they are.
    const hostname = machines.find(({ role }) => role === 'server')?.machine.name ?? cluster.name;
    throw new KeelsonError(error.subject, [...error.problems, wayOn(hostname, cluster, machines, options)]);
  }
}

/** Faults of a machine that is perhaps no longer there. */
const SILENT: readonly SshFault[] = ['timeout', 'unreachable'];

async function storedKubeconfig(
  { name }: ClusterToMake,
  { progress: _, stacks: __, ...options }: ProvisionOptions,
): Promise<string | undefined> {
  const stack = `${name}-cluster`;
  const { kubeconfig } = (await stackState({ ...options, stack })).outputs;
  return typeof kubeconfig === 'string' ? kubeconfig : undefined;
}

/**
 * The same in every run and for everybody, so that the address in a stack's state leads to the API whenever a forward
 * is open, and does not change from run to run.
 */
export const forwardPort = (application: string, cluster: string): number =>
  LOWEST + (createHash('sha256').update(`${application}/${cluster}`).digest().readUInt32BE() % COUNT);

interface Config {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: { readonly 'client-certificate-data'?: string } }[];
}

/** Where the API listens on its machine. */
const apiPort = (kubeconfig: string): number =>
  Number(new URL((JSON.parse(kubeconfig) as Config).clusters[0]?.cluster.server ?? '').port || 6443);

/** Whether the certificate in it is about to end. */
export function endsSoon(kubeconfig: string, now = Date.now()): boolean {
  const data = (JSON.parse(kubeconfig) as Config).users[0]?.user['client-certificate-data'];
  if (data === undefined) return false;
  return Date.parse(new X509Certificate(Buffer.from(data, 'base64')).validTo) - now < EARLY;
}
