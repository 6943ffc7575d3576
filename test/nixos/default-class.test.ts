import { addScripts, runScript } from './machine-commands.js';
import { MachineRoot } from './machine-root.js';
import { temporaryFolders } from './tools.js';

const temporaryFolder = temporaryFolders();

/** A server whose API has these classes, or answers nobody. */
function server(kubectl: string): MachineRoot {
  const machine = new MachineRoot(temporaryFolder());
  machine.command('k3s', kubectl);
  addScripts(machine);
  return machine;
}

const changes = (machine: MachineRoot) => machine.calls().filter((call) => call.includes(' annotate '));

test('a cluster that grew up with local-path has it as its default no more', () => {
  const machine = server(
    'case "$*" in *"get storageclass"*) echo storageclass.storage.k8s.io/local-path ;; esac',
  );
  expect(runScript(machine, 'default-class')).toMatchObject({ status: 0 });
  expect(changes(machine)).toEqual([
    'k3s kubectl --kubeconfig /etc/rancher/k3s/k3s.yaml annotate storageclass.storage.k8s.io/local-path --overwrite storageclass.kubernetes.io/is-default-class=false',
  ]);
});

test('a new cluster has no such class, and nothing is done', () => {
  const machine = server('true');
  expect(runScript(machine, 'default-class')).toMatchObject({ status: 0, stderr: '' });
  expect(changes(machine)).toEqual([]);
});

test('where the API does not answer yet it fails, and systemd calls it again', () => {
  expect(runScript(server('exit 1'), 'default-class').status).not.toBe(0);
});
