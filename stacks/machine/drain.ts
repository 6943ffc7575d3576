import { KeelsonError } from '../../lib/config/problem.js';
import type { Report } from '../../lib/progress.js';
import { runKubectl } from './kubectl.js';
import { RemoteError } from './remote-error.js';
import { type Ssh, type SshOptions, withSsh } from './ssh.js';
import { loginCommand, quote, type SshMachine } from './ssh-machine.js';

export interface DrainOptions extends Pick<SshOptions, 'signal' | 'connectTimeout'> {
  /** Seconds for all pods to end in order, within their disruption budgets. @default 300 */
  readonly within?: number;
  readonly report?: Report;
}

/**
 * Moves the pods of a Kubernetes node elsewhere and takes the node out of the cluster, before its machine is removed.
 * Data of `emptyDir` volumes goes; that of local-path claims stays on the machine, and is lost with it. A node that is
 * not there is drained.
 *
 * @param server a machine that goes on
 * @throws KeelsonError where pods do not go in time: the node takes no new ones, and the machine must stay.
 */
export async function removeNode(
  server: SshMachine,
  node: string,
  options: DrainOptions = {},
): Promise<void> {
  const { within = 300, report } = options;
  await withSsh(server, options, async (ssh) => {
    const kubectl = (args: string, what: string) => runKubectl(ssh, args, { what });
    const { stdout } = await kubectl(
      `get node ${quote(node)} --ignore-not-found --output name`,
      'look for the node',
    );
    if (stdout.trim() === '') return;
    report?.(`${node}: draining`);
    try {
      await kubectl(
        `drain ${quote(node)} --ignore-daemonsets --delete-emptydir-data --timeout=${within}s`,
        'drain',
      );
    } catch (error) {
      throw error instanceof RemoteError ? notDrained(ssh, node, error) : error;
    }
    await kubectl(`delete node ${quote(node)} --ignore-not-found`, 'remove the node');
    report?.(`${node}: drained and removed`);
  });
}

const notDrained = ({ machine }: Ssh, node: string, { output }: RemoteError): KeelsonError =>
  new KeelsonError(`Node "${node}"`, [
    {
      where: 'drain',
      message: [
        'is not empty, so its machine must stay; it takes no new pods:',
        output,
        `  what is left: ${loginCommand(machine, `k3s kubectl get pods -A -o wide --field-selector spec.nodeName=${node}`)}`,
        `  to use it again: ${loginCommand(machine, `k3s kubectl uncordon ${node}`)}`,
      ].join('\n'),
    },
  ]);
