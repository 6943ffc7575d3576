import { ROOT } from './machine-state.js';
import type { CommandOptions, Ssh } from './ssh.js';

/**
 * k3s' own kubectl on a server: nobody needs one of his own, nor the administrator's access on his disk.
 *
 * @param args for the machine's shell
 */
export const runKubectl = (ssh: Ssh, args: string, options: CommandOptions): ReturnType<Ssh['run']> =>
  ssh.run(`${ROOT}\nk3s kubectl --kubeconfig "$root/etc/rancher/k3s/k3s.yaml" ${args}`, options);
