import * as pulumi from '@pulumi/pulumi';
import { machineFiles } from '../../lib/machine/machine-files.js';
import type { StackManifests } from '../../lib/synth.js';
import { monthlyOf } from '../digitalocean/price-estimate.js';
import { type ClusterToMake, machinesStack } from './cluster-to-make.js';
import { machinesProgram } from './machines-program.js';
import type { MachineKeys } from './made-machines.js';
import { type PlannedResource, plannedObject } from './planned-object.js';

/** In place of those that only a state has: what they are is in no comparison. */
const KEYS: MachineKeys = {
  publicKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA planned',
  privateKey: 'planned',
  token: 'planned',
  agentToken: 'planned',
};

/** Of a managed cluster; all other outputs may be missing. */
const OUTPUTS = { kubeConfigs: [] };

/**
 * What the stacks of clusters' machines would register, as objects that can be compared: by Pulumi's mocks, without an
 * engine, a state, a token or a network.
 *
 * @throws KeelsonError for machines that cannot be made as the application says
 */
export async function plannedMachines(clusters: readonly ClusterToMake[]): Promise<StackManifests[]> {
  const stacks: StackManifests[] = [];
  // One after the other: the mocks are the process's own.
  for (const cluster of clusters)
    stacks.push({
      kind: 'cluster',
      name: machinesStack(cluster.name),
      cluster: cluster.name,
      manifests: [{ name: 'machines', objects: (await registered(cluster)).map(plannedObject) }],
      secrets: [],
      urls: [],
    });
  return stacks;
}

async function registered(cluster: ClusterToMake): Promise<PlannedResource[]> {
  const inputs = new Map<string, Record<string, unknown>>();
  const options = new Map<string, pulumi.CustomResourceOptions>();
  const keyOf = ({ type, name }: { readonly type: string; readonly name: string }) => `${type} ${name}`;
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        inputs.set(keyOf(resource), resource.inputs);
        return { id: resource.name, state: { ...OUTPUTS, ...resource.inputs } };
      },
      call: (call) => call.inputs,
    },
    cluster.name,
    machinesStack(cluster.name),
    false,
  );
  try {
    let failure: unknown;
    await pulumi.runtime.runInPulumiStack(async () => {
      pulumi.runtime.registerStackTransformation(({ opts, ...resource }) => {
        options.set(keyOf(resource), opts);
        return undefined;
      });
      try {
        machinesProgram(cluster, { keys: KEYS, files: machineFiles(), priced: () => undefined });
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) throw failure;
  } finally {
    await pulumi.runtime.disconnect();
  }
  return [...options].flatMap(([key, { ignoreChanges = [], protect = false }]) => {
    const [type = '', name = ''] = key.split(' ');
    const given = inputs.get(key);
    if (!type.startsWith('digitalocean:') || !given) return [];
    const kept = Object.entries(given).filter(([property]) => !ignoreChanges.includes(property));
    return [{ type, name, protect, inputs: Object.fromEntries(kept), monthly: monthlyOf(type, given) }];
  });
}
