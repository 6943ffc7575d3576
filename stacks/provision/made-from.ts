import * as v from 'valibot';
import { type Made, madeSchema } from './made-machines.js';
import type { StackState } from './stack-state.js';

const DROPLET = 'digitalocean:index/droplet:Droplet';
const MANAGED_CLUSTER = 'digitalocean:index/kubernetesCluster:KubernetesCluster';

const accessSchema = v.object({
  kubeConfigs: v.looseTuple([v.object({ rawConfig: v.pipe(v.string(), v.nonEmpty()) })]),
});

/**
 * What is there, from a state: its outputs are those of the last up, its resources what a refresh found since then. That
 * is the kubeconfig of a managed cluster, which ends, and which droplets are gone.
 */
export function madeFrom({ outputs, resources }: Pick<StackState, 'outputs' | 'resources'>): Made {
  const made = v.parse(madeSchema, outputs);
  // A program of one's own may know machines that it did not make.
  const isOfCloud = resources.some(({ type }) => type.startsWith('digitalocean:'));
  const droplets = resources.filter(({ type }) => type === DROPLET).map(({ urn }) => urn.split('::').at(-1));
  const [access] = resources
    .filter(({ type }) => type === MANAGED_CLUSTER)
    .map((cluster) => v.safeParse(accessSchema, cluster.outputs()));
  return {
    ...made,
    machines: made.machines.filter(({ hostname }) => !isOfCloud || droplets.includes(hostname)),
    ...(access?.success && { kubeconfig: access.output.kubeConfigs[0].rawConfig }),
  };
}
