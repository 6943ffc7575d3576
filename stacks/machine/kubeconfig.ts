import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { load } from 'js-yaml';
import * as v from 'valibot';
import { KeelsonError } from '../../lib/config/problem.js';
import { ROOT } from './machine-state.js';
import { type SshOptions, withSsh } from './ssh.js';
import type { SshMachine } from './ssh-machine.js';

export interface KubeconfigOptions {
  /** Name of the cluster: of the context too, and of the user with `-admin`. */
  readonly cluster: string;
  /** Address of the API. @default https://127.0.0.1:6443, as k3s has it on its machine */
  readonly server?: string;
}

const text = v.pipe(v.string(), v.nonEmpty());
const schema = v.object({
  clusters: v.pipe(
    v.array(v.object({ cluster: v.object({ 'certificate-authority-data': text, server: text }) })),
    v.length(1),
  ),
  users: v.pipe(
    v.array(v.object({ user: v.object({ 'client-certificate-data': text, 'client-key-data': text }) })),
    v.length(1),
  ),
});

/**
 * The administrator's access, read from a server over SSH. It is a secret: whoever has it may do everything.
 *
 * @returns a kubeconfig with one context, as JSON
 * @throws KeelsonError where the machine is no server or k3s has not started yet.
 */
export async function kubeconfigOf(
  machine: SshMachine,
  options: KubeconfigOptions & SshOptions,
): Promise<string> {
  const { stdout } = await withSsh(machine, options, (ssh) =>
    ssh.run(`${ROOT}\ncat "$root/etc/rancher/k3s/k3s.yaml"`, { what: 'kubeconfig' }),
  );
  return rewriteKubeconfig(stdout, options, machine.name);
}

/** k3s calls everything "default" and names an address that leads to whoever reads it. */
export function rewriteKubeconfig(yaml: string, options: KubeconfigOptions, machine = 'the machine'): string {
  const { clusters, users } = parsed(yaml, machine);
  const { cluster: name, server = clusters[0]?.cluster.server } = options;
  const user = `${name}-admin`;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { ...clusters[0]?.cluster, server } }],
    users: [{ name: user, user: users[0]?.user }],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  });
}

function parsed(yaml: string, machine: string): v.InferOutput<typeof schema> {
  let document: unknown;
  try {
    document = load(yaml);
  } catch {
    // The parser's message quotes what it read.
  }
  const result = v.safeParse(schema, document);
  if (result.success) return result.output;
  throw new KeelsonError(`The kubeconfig of ${machine}`, [
    {
      where: '/etc/rancher/k3s/k3s.yaml',
      message:
        'is not what k3s writes: one cluster and one user with a client certificate; restart k3s, which writes it anew',
    },
  ]);
}

/** Writes it where a person asked for it, for nobody else to read. The file is whole or as it was. */
export function writeKubeconfig(file: string, kubeconfig: string): void {
  const next = `${file}.${randomUUID()}`;
  try {
    writeFileSync(next, kubeconfig, { mode: 0o600, flag: 'wx' });
    renameSync(next, file);
  } finally {
    rmSync(next, { force: true });
  }
}
