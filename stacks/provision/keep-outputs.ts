import { isDeepStrictEqual } from 'node:util';
import { upStack } from '../deploy.js';
import type { ClusterToMake } from './cluster-to-make.js';
import { configurationsOf } from './configurations.js';
import { drainAgent } from './drain-agent.js';
import { learntHostKeys, writeKnownHosts } from './host-keys.js';
import { machinesProgram } from './machines-program.js';
import { machinesOptions } from './machines-run.js';
import type { Made } from './made-machines.js';
import type { ProvisionOptions } from './provision-options.js';

/** Keeps in the state what a run found out or made beside the engine, by a run that changes nothing else. @throws DeployError */
export async function keepOutputs(
  cluster: ClusterToMake,
  made: Made,
  options: ProvisionOptions,
): Promise<void> {
  const { keys } = made;
  if (keys === undefined) return;
  const { files, sizes } = options;
  const drain = (hostname: string) => drainAgent(hostname, made, options);
  await upStack({
    ...machinesOptions(cluster, options),
    program: async () => machinesProgram(cluster, { ...made, keys, files, sizes, drain, priced: () => {} }),
  });
}

/**
 * Keeps the host keys of machines that are all configured, so whoever has one there was confirmed once, and what they
 * are configured with.
 *
 * @throws DeployError
 */
export async function keepConfigured(
  cluster: ClusterToMake,
  made: Made,
  options: ProvisionOptions,
): Promise<void> {
  const { knownHosts, report } = options;
  const hostKeys = learntHostKeys(knownHosts, made);
  const configured = configurationsOf(cluster, made, options);
  const isLearnt = !isDeepStrictEqual(hostKeys, made.hostKeys);
  if (made.keys === undefined || (!isLearnt && isDeepStrictEqual(configured, made.configured))) return;
  await keepOutputs(cluster, { ...made, hostKeys, configured }, options);
  if (!isLearnt) return;
  writeKnownHosts(knownHosts, { ...made, hostKeys });
  report?.(
    `host keys of ${Object.keys(hostKeys).join(', ')} are kept in the state of ${machinesOptions(cluster, options).stack}`,
  );
}
