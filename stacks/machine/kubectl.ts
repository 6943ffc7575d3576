import { ROOT } from './machine-state.js';
import type { CommandOptions, Ssh } from './ssh.js';

const KUBECTL = 'k3s kubectl --kubeconfig "$root/etc/rancher/k3s/k3s.yaml"';

/**
 * k3s' own kubectl on a server: nobody needs one of his own, nor the administrator's access on his disk.
 *
 * @param args for the machine's shell
 */
export const runKubectl = (ssh: Ssh, args: string, options: CommandOptions): ReturnType<Ssh['run']> =>
  ssh.run(`${ROOT}\n${KUBECTL} ${args}`, options);

/**
 * Waits, for ten minutes at most, until the kubelet has a container's process. After a start or a restore of its node
 * the API has the pod's former state for a while, in which it is ready.
 *
 * @param container of `kubectl exec`: pod, namespace, container
 */
export const waitForContainer = (ssh: Ssh, container: string, options: CommandOptions): Promise<unknown> =>
  ssh.run(
    `${ROOT}
for attempt in $(seq 300); do
  said=$(${KUBECTL} exec ${container} -- true 2>&1 </dev/null || :)
  case $said in
    *'unable to upgrade connection'* | *'error dialing backend'*) sleep 2 ;;
    *) break ;;
  esac
done`,
    options,
  );
