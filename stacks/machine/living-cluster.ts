import type { NodeSettings } from '../../lib/machine/node.js';
import type { Report } from '../../lib/progress.js';
import { runKubectl } from './kubectl.js';
import { type MachineState, ROOT } from './machine-state.js';
import { type Ssh, type SshOptions, withSsh } from './ssh.js';
import { quote, type SshMachine } from './ssh-machine.js';

interface Member {
  readonly machine: SshMachine;
  readonly node: NodeSettings;
}

interface Options extends SshOptions {
  readonly report?: Report;
}

/**
 * The machines as they are to be in a cluster that lives. The server that began it joins it where it was made anew:
 * else it would begin a second, empty one, beside those who still have the first. It stays one that joined.
 *
 * @param states of the machines, by name, before any is touched
 */
export async function joinLiving<T extends Member>(
  machines: readonly T[],
  states: ReadonlyMap<string, MachineState>,
  options: Options,
): Promise<readonly T[]> {
  const joining = machines.filter(({ node }) => node.role === 'server' && !node.clusterInit);
  if (joining.length === 0) return machines;
  const address = joining.find(({ machine }) => states.get(machine.name)?.tree)?.node.serverAddress;
  return await Promise.all(
    machines.map(async (one) => {
      if (!one.node.clusterInit) return one;
      const isNew = states.get(one.machine.name)?.tree === undefined;
      const serverAddress = isNew ? address : await withSsh(one.machine, options, joinedAddress);
      if (serverAddress === undefined || serverAddress === null) return one;
      if (isNew) options.report?.(`${one.machine.name}: was made anew, and joins the servers that are there`);
      return { ...one, node: { ...one.node, clusterInit: false, serverAddress } };
    }),
  );
}

/** What a confirmed machine joined; undefined where it began the cluster. */
async function joinedAddress(ssh: Ssh): Promise<string | undefined> {
  const { stdout } = await ssh.run(`${ROOT}\ncat "$root/etc/nixos/node.json"`, {
    what: 'look at the machine',
  });
  return /"serverAddress": *"([^"]+)"/.exec(stdout)?.[1];
}

/**
 * Takes the Kubernetes node of a machine that is gone out of the cluster, so that a new one of its name may join: k3s
 * refuses it else, and etcd counts the lost server as one of its own. One that is ready is left alone.
 *
 * @param server that has the cluster
 * @see https://docs.k3s.io/architecture#how-agent-node-registration-works
 */
export async function forgetLostNode(server: SshMachine, node: string, options: Options): Promise<void> {
  await withSsh(server, options, async (ssh) => {
    const ready = `get node ${quote(node)} --ignore-not-found --output jsonpath='{.status.conditions[?(@.type=="Ready")].status}'`;
    const { stdout } = await runKubectl(ssh, ready, { what: 'look for the node' });
    if (!/^(False|Unknown)$/.test(stdout.trim())) return;
    await runKubectl(ssh, `delete node ${quote(node)} --ignore-not-found --timeout=120s`, {
      what: `remove the node ${node}, whose machine was made anew`,
    });
    options.report?.(`${node}: was made anew; the node that it was before is out of the cluster`);
  });
}
