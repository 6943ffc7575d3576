import type { PersistentVolume } from 'kubernetes-types/core/v1';
import { runKubectl } from '../machine/kubectl.js';
import { ROOT } from '../machine/machine-state.js';
import { type Ssh, withSsh } from '../machine/ssh.js';
import { quote } from '../machine/ssh-machine.js';
import type { ReachableMachine } from '../provision/ssh-machines.js';

/**
 * Makes the folders of volumes on the machines' own disks that went with these. The store says that they are there, so
 * their provisioner makes none again; those that the kubelet makes instead are root's, and no pod may write into them.
 * What has anything in it stays as it is.
 *
 * @param ssh to a server
 */
export async function remakeLocalVolumes(ssh: Ssh, machines: readonly ReachableMachine[]): Promise<void> {
  const { stdout } = await runKubectl(ssh, 'get persistentvolumes --output=json', {
    what: 'look for volumes',
  });
  const { items } = JSON.parse(stdout) as { readonly items: readonly PersistentVolume[] };
  for (const { hostname, machine } of machines) {
    const paths = items.filter((volume) => isOn(volume, hostname)).flatMap((volume) => pathOf(volume) ?? []);
    if (paths.length === 0) continue;
    await withSsh(machine, { signal: ssh.signal }, (other) =>
      other.run(
        `set -eu\n${ROOT}\nfor path in ${paths.map(quote).join(' ')}; do
  mkdir -p "$root$path"
  [ -n "$(ls -A "$root$path")" ] || chmod 0777 "$root$path"
done`,
        { what: 'make folders for volumes' },
      ),
    );
  }
}

const pathOf = ({ spec }: PersistentVolume): string | undefined => spec?.hostPath?.path ?? spec?.local?.path;

const isOn = ({ spec }: PersistentVolume, hostname: string): boolean =>
  spec?.nodeAffinity?.required?.nodeSelectorTerms.some((term) =>
    term.matchExpressions?.some(
      ({ key, values }) => key === 'kubernetes.io/hostname' && values?.includes(hostname),
    ),
  ) ?? false;
