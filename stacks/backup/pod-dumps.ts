import type { Readable, Writable } from 'node:stream';
import type { StatefulSet } from 'kubernetes-types/apps/v1';
import { type DataDump, dumpOf } from '../../lib/kube/data-dump.js';
import type { Synthesis } from '../../lib/synth.js';
import { runKubectl, waitForContainer } from '../machine/kubectl.js';
import type { Ssh } from '../machine/ssh.js';
import { quote } from '../machine/ssh-machine.js';

/** A pod, and how what it keeps gets out of it and back. */
export interface PodDump extends DataDump {
  readonly namespace: string;
  readonly pod: string;
  /** In which the commands run. */
  readonly container: string;
}

/** Every pod of the stacks whose code says how. */
export const podDumps = ({ stacks: all }: Synthesis, stacks: readonly string[]): PodDump[] =>
  all
    .filter(({ name }) => stacks.includes(name))
    .flatMap(({ manifests }) => manifests.flatMap(({ objects }) => objects))
    .flatMap((object) => {
      const dump = dumpOf(object);
      if (dump === undefined) return [];
      const { name, namespace = 'default' } = object.metadata;
      const { replicas = 1, template } = (object as unknown as StatefulSet).spec ?? { template: {} };
      const container = template.spec?.containers[0]?.name ?? name;
      return Array.from({ length: replicas }, (_, ordinal) => ({
        ...dump,
        namespace,
        pod: `${name}-${ordinal}`,
        container,
      }));
    });

const containerOf = ({ namespace, pod, container }: PodDump): string =>
  `--namespace=${namespace} ${pod} --container=${container}`;

const exec = (dump: PodDump, command: readonly string[]): string =>
  `exec --stdin ${containerOf(dump)} -- ${command.map(quote).join(' ')}`;

export const sendDump = (ssh: Ssh, dump: PodDump, into: Writable): Promise<unknown> =>
  runKubectl(ssh, exec(dump, dump.dump), {
    what: `copy what ${dump.namespace}/${dump.pod} keeps`,
    output: into,
  });

/** @returns what the command says of it */
export async function receiveDump(ssh: Ssh, dump: PodDump, from: Readable): Promise<string> {
  const { namespace, pod } = dump;
  const what = `give ${namespace}/${pod} back what it kept`;
  await waitForContainer(ssh, containerOf(dump), { what });
  await runKubectl(ssh, `wait --namespace=${namespace} --for=condition=Ready pod/${pod} --timeout=600s`, {
    what,
  });
  const { stdout } = await runKubectl(ssh, exec(dump, dump.restore), { what, input: from });
  return stdout.trim();
}
