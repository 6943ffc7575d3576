import type { Problem } from '../../lib/config/problem.js';
import { destroyAll, importAll, previewAll, refreshAll, upAll } from '../deploy-all.js';
import { DeployError } from '../deploy-error.js';
import type { Verb } from '../deploy-options.js';
import { refuseMissingSecrets } from '../missing-secrets.js';
import { protectedProblem } from '../refused-objects.js';
import type { StackRun } from '../stack-run.js';
import { withClusterAccess } from './cluster-access.js';
import { type ClusterToMake, isIn } from './cluster-to-make.js';
import { configurationChanges } from './configurations.js';
import { configureMachines } from './configure-machines.js';
import { keepConfigured } from './keep-outputs.js';
import { machinesOptions, readMade, runMachines } from './machines-run.js';
import type { Made } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';
import { stackState } from './stack-state.js';

/** Shows what {@link provisionAll} would do; needs neither machines nor a cluster. @throws DeployError */
export const previewProvision = (options: ProvisionOptions): Promise<StackRun[]> =>
  eachCluster(options, async (cluster) => {
    const runs = options.keepMachines ? [] : [await runMachines('preview', cluster, options)];
    const made = await readMade(cluster, options);
    if (!options.keepMachines)
      for (const line of configurationChanges(cluster, made, options)) options.tell(line);
    return [...runs, ...(await deployOn('preview', cluster, made, options))];
  });

/**
 * From an account to running environments: machines, NixOS, k3s, then the objects of cluster and environments. What is
 * there already is left as it is, so the same call goes on after whatever interrupted it.
 *
 * @throws KeelsonError before anything is made where a stack's secrets are missing, and for a machine that fails;
 *   DeployError at the first stack that does
 */
export async function provisionAll(options: ProvisionOptions): Promise<StackRun[]> {
  if (!options.keepMachines)
    await refuseMissingSecrets(
      options.clusters.flatMap((cluster) => stacksOf(cluster, options)),
      options,
    );
  return eachCluster(options, async (cluster) => {
    const runs = options.keepMachines ? [] : [await runMachines('up', cluster, options)];
    const made = await readMade(cluster, options);
    if (!options.keepMachines) {
      await configureMachines(cluster, made, options);
      await keepConfigured(cluster, made, options);
      tellRecords(cluster, made, options);
    }
    return [...runs, ...(await deployOn('up', cluster, made, options))];
  });
}

/** Deletes environments, then clusters, then machines, of what is chosen. @throws DeployError before anything goes */
export async function destroyProvision(options: ProvisionOptions): Promise<StackRun[]> {
  for (const cluster of options.clusters) await refuseAnyProtected(cluster, options);
  return eachCluster(options, async (cluster) => {
    const runs = await deployOn('destroy', cluster, await readMade(cluster, options), options);
    return options.destroyMachines ? [...runs, await runMachines('destroy', cluster, options)] : runs;
  });
}

/**
 * Notes what somebody else changed or deleted: at the provider first, then on the clusters. Where no server is left there
 * is no cluster to look at.
 *
 * @throws DeployError
 */
export const refreshProvision = (options: ProvisionOptions): Promise<StackRun[]> =>
  eachCluster(options, async (cluster) => {
    if (options.keepMachines) return deployOn('refresh', cluster, await readMade(cluster, options), options);
    const before = await readMade(cluster, options);
    const runs = [await runMachines('refresh', cluster, options)];
    const made = await readMade(cluster, options);
    const names = new Set(made.machines.map(({ hostname }) => hostname));
    const gone = before.machines.filter(({ hostname }) => !names.has(hostname));
    if (gone.length > 0)
      options.tell(
        `Gone at the provider: ${gone.map(({ hostname }) => hostname).join(', ')}; the next up makes them anew`,
      );
    const hasServer = made.machines.some(({ role }) => role === 'server');
    if (!hasServer) options.tell('There is no server, so there are no objects to look at');
    return hasServer ? [...runs, ...(await deployOn('refresh', cluster, made, options))] : runs;
  });

/** Hands objects on clusters over to their stacks; machines are left alone. @throws DeployError */
export const importOnClusters = (options: ProvisionOptions): Promise<StackRun[]> =>
  eachCluster(options, async (cluster) =>
    deployOn('import', cluster, await readMade(cluster, options), options),
  );

const RUN = {
  preview: previewAll,
  up: upAll,
  refresh: refreshAll,
  import: importAll,
  destroy: destroyAll,
};

const stacksOf = ({ name }: ClusterToMake, { synthesis, stacks }: ProvisionOptions): string[] =>
  synthesis.stacks
    .filter((stack) => stack.cluster === name && (stacks ?? [stack.name]).includes(stack.name))
    .map((stack) => stack.name);

async function eachCluster(
  options: ProvisionOptions,
  run: (cluster: ClusterToMake) => Promise<StackRun[]>,
): Promise<StackRun[]> {
  const runs: StackRun[] = [];
  for (const cluster of options.clusters) runs.push(...(await run(cluster)));
  return runs;
}

/** Runs a verb on the stacks of the synthesis that are on a cluster. */
const deployOn = (
  verb: Verb,
  cluster: ClusterToMake,
  made: Made,
  options: ProvisionOptions,
): Promise<StackRun[]> =>
  withClusterAccess(cluster, made, { ...options, fetch: verb === 'up' }, ({ kubeconfig, signal }) =>
    RUN[verb]({
      ...options,
      signal,
      createStack: true,
      stacks: stacksOf(cluster, options),
      settingsOf: (stack) => ({
        kind: stack.kind,
        name: stack.kind === 'cluster' ? stack.cluster : stack.name,
        kubeconfig,
      }),
    }),
  );

/** Else the environments would be gone when the cluster's stack is found to hold what is protected. */
async function refuseAnyProtected(cluster: ClusterToMake, options: ProvisionOptions): Promise<void> {
  const machines = machinesOptions(cluster, options);
  const all = [
    ...stacksOf(cluster, options).map((stack) => ({ ...machines, stack })),
    ...(options.destroyMachines ? [machines] : []),
  ];
  const problems: Problem[] = [];
  const off: string[] = [];
  for (const one of all) {
    const { resources } = await stackState(one);
    const kept = resources.filter(({ protect }) => protect);
    problems.push(...kept.map(({ urn }) => protectedProblem(urn, one.stack)));
    if (kept.length > 0) off.push(`pulumi config set --stack ${one.stack} keelson:protectData false`);
  }
  if (problems.length === 0) return;
  problems.push({
    where: 'all of it',
    message: `may go after: ${off.join('; ')}; then keelson up, and again`,
  });
  throw new DeployError(`destroy of ${all.map(({ stack }) => stack).join(', ')}`, 'protected', problems, '');
}

/** Hosts that nobody has made a record for. */
function tellRecords(
  { settings, domains }: ClusterToMake,
  { address }: Made,
  { tell }: ProvisionOptions,
): void {
  if (address === undefined) return;
  const elsewhere = domains.filter((domain) => !isIn(settings.machines?.zone, domain));
  if (elsewhere.length > 0)
    tell(`DNS elsewhere: ${elsewhere.flatMap((host) => [host, `*.${host}`]).join(', ')} → A ${address}`);
}
