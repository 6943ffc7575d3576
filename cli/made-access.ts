import { load } from 'js-yaml';
import type { ApplicationSettings } from '../lib/config/application-schema.js';
import { KeelsonError } from '../lib/config/problem.js';
import { clusterIdentity, type ReducedKubeconfig, withServer } from '../stacks/kubeconfig-file.js';
import { choose } from './choose.js';
import { loadProject } from './project.js';

/** An administrator's access to a cluster that Keelson made. */
export interface MadeAccess extends ReducedKubeconfig {
  /** Where the API is in this run: the end of a forward, for machines. */
  readonly server: string;
  /** Where it is whenever a forward is open; undefined where none is needed. */
  readonly forwarded: string | undefined;
  /** Given when the way to the API is lost, or nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Whether Keelson makes the cluster, so that its own state says how to reach it. */
export const isMade = ({ clusters }: Pick<ApplicationSettings, 'clusters'>, name: string): boolean =>
  (clusters[name]?.machines ?? clusters[name]?.managed) !== undefined;

/**
 * Access to a cluster that Keelson made for as long as `use` takes, by what the state of its stacks has: through SSH
 * where it has machines.
 *
 * @throws KeelsonError where it is not there yet; SshError where no server answers.
 */
export async function withMadeAccess<T>(
  name: string,
  signal: AbortSignal,
  use: (access: MadeAccess) => Promise<T>,
): Promise<T> {
  const { reachMachines } = await import('./machines-target.js');
  const { forwardPort, readMade, withClusterAccess } = await import('../stacks/provision/index.js');
  const project = await loadProject({ environments: 'all', withUser: false });
  const options = await reachMachines(project, signal);
  const made = Object.fromEntries(options.clusters.map((one) => [one.name, one]));
  const cluster = choose('cluster', name, made);
  const found = await readMade(cluster, options);
  return await withClusterAccess(cluster, found, { ...options, fetch: true }, async (access) => {
    const { kubeconfig } = access;
    if (kubeconfig === 'not-there-yet') throw notThereYet(name);
    // That of a provider is YAML.
    const content = JSON.stringify(load(kubeconfig.content));
    const [first] = (JSON.parse(content) as { clusters: [{ cluster: { server: string } }] }).clusters;
    const { server = first.cluster.server } = kubeconfig;
    return await use({
      content: withServer(content, server),
      identity: clusterIdentity(content),
      server,
      forwarded: cluster.settings.machines
        ? `https://127.0.0.1:${forwardPort(project.application.name, name)}`
        : undefined,
      signal: access.signal ?? signal,
    });
  });
}

const notThereYet = (name: string): KeelsonError =>
  new KeelsonError(`Cluster "${name}"`, [
    { where: 'machines', message: 'are not there yet; make them: keelson up --env ENVIRONMENT' },
  ]);
