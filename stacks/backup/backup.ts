import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import type { BackupsSettings } from '../../lib/config/backups-schema.js';
import { KeelsonError } from '../../lib/config/problem.js';
import { runKubectl } from '../machine/kubectl.js';
import { machineState } from '../machine/machine-state.js';
import { type Ssh, withSsh } from '../machine/ssh.js';
import { type ClusterToMake, machinesStack } from '../provision/cluster-to-make.js';
import { machinesOptions, readMade } from '../provision/machines-run.js';
import type { ProvisionOptions } from '../provision/provision-options.js';
import { answeringServer, sshMachines } from '../provision/ssh-machines.js';
import { findState } from '../state-export.js';
import { seal } from './age.js';
import { type BackupPart, partFile, removeOldBackups, writeBackup } from './backup-folder.js';
import type { BackupPlace } from './backup-place.js';
import { sendSnapshot } from './etcd-snapshot.js';
import { podDumps, sendDump } from './pod-dumps.js';

export interface BackupOptions extends ProvisionOptions {
  readonly place: BackupPlace;
  readonly now: Date;
}

export interface Backup {
  /** What `keelson restore` takes. */
  readonly kept: string;
  readonly parts: readonly BackupPart[];
  /** Names of older ones that were deleted. */
  readonly removed: readonly string[];
}

/** Takes a part: encrypts what `write` gives. @returns how many bytes that was */
type Take = (part: BackupPart, write: (into: Writable) => Promise<unknown>) => Promise<number>;

/**
 * Copies what cannot be made again of a cluster of machines: a snapshot of etcd with its tokens, certificates, what
 * pods keep, and the state of the Pulumi stacks. Each part is encrypted while it comes; no disk has it in clear. Older
 * backups are deleted once this one is whole.
 *
 * @throws KeelsonError where anything of it cannot be had: a backup has no holes.
 */
export async function backUp(cluster: ClusterToMake, options: BackupOptions): Promise<Backup> {
  const { signal, report, place, now, synthesis } = options;
  const { recipients, keep } = backupsOf(cluster);
  // A place that cannot be had is known before anything is copied.
  await place.list(`${cluster.name}-`);
  const made = await readMade(cluster, options);
  const server = await answeringServer(sshMachines(made, options), signal);
  const { keys } = made;
  if (server === undefined || keys === undefined)
    throw problem(
      cluster,
      'machines',
      'are not made yet, so there is nothing to copy; make them: keelson up',
    );
  return await withSsh(server, { signal }, async (ssh) => {
    const { ready, k3s } = await machineState(ssh);
    if (!ready || k3s === undefined)
      throw problem(cluster, server.name, 'has no k3s that is ready; nothing was copied');
    const parts: BackupPart[] = [];
    const index = { application: synthesis.application, cluster: cluster.name, made: now.toISOString(), k3s };
    const { name, kept } = await writeBackup(place, index, async (draft) => {
      const take: Take = async (part, write) => {
        signal?.throwIfAborted();
        const file = join(draft, part.file);
        await mkdir(dirname(file), { recursive: true });
        report?.(`${cluster.name}: ${part.file}`);
        const bytes = await seal(file, recipients, write);
        parts.push(part);
        return bytes;
      };
      await take({ kind: 'tokens', file: partFile('tokens') }, async (into) =>
        into.write(JSON.stringify(tokensOf(keys))),
      );
      const running = await takeStates(cluster, options, take);
      const snapshot = { kind: 'snapshot' as const, file: partFile('etcd'), name: '' };
      await take(snapshot, async (into) => {
        snapshot.name = await sendSnapshot(ssh, into);
      });
      await take({ kind: 'certificates', file: partFile('certificates') }, (into) => certificates(ssh, into));
      for (const dump of podDumps(synthesis, running)) {
        const { namespace, pod } = dump;
        const part = { kind: 'data' as const, file: partFile(`data/${namespace}/${pod}`), namespace, pod };
        if ((await take(part, (into) => sendDump(ssh, dump, into))) > 0) continue;
        parts.pop();
        await rm(join(draft, part.file));
      }
      return parts;
    });
    return { kept, parts, removed: await removeOldBackups(place, name, cluster.name, keep) };
  });
}

/** @returns names of the stacks that have anything in them */
async function takeStates(cluster: ClusterToMake, options: BackupOptions, take: Take): Promise<string[]> {
  const running: string[] = [];
  for (const stack of stacksOf(cluster, options)) {
    const own = { ...machinesOptions(cluster, options), stack };
    const state = await findState(own);
    if (state === undefined) continue;
    await take({ kind: 'state', file: partFile(`state/${stack}`), stack }, async (into) =>
      into.write(JSON.stringify(state)),
    );
    running.push(stack);
  }
  return running;
}

/** Names of every stack of a cluster, whether it was ever made or not. */
export const stacksOf = ({ name }: ClusterToMake, { synthesis }: ProvisionOptions): string[] => [
  machinesStack(name),
  ...synthesis.stacks.filter(({ cluster }) => cluster === name).map((stack) => stack.name),
];

/** What a snapshot is opened with. */
const tokensOf = ({ token, agentToken }: { readonly token: string; readonly agentToken: string }) => ({
  token,
  agentToken,
});

/**
 * The Secrets with certificates, as `kubectl create` takes them into any cluster: an authority gives only so many a
 * week. A snapshot holds them too.
 */
async function certificates(ssh: Ssh, into: Writable): Promise<void> {
  const { stdout } = await runKubectl(
    ssh,
    'get secrets --all-namespaces --field-selector=type=kubernetes.io/tls --output=json',
    { what: 'copy the certificates' },
  );
  const { items } = JSON.parse(stdout) as { readonly items: readonly TlsSecret[] };
  const plain = items.map(({ type, data, metadata: { name, namespace, labels, annotations } }) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', type, data },
    metadata: { name, namespace, labels, annotations },
  }));
  into.write(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: plain }));
}

interface TlsSecret {
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<'name' | 'namespace', string>> &
    Readonly<Partial<Record<'labels' | 'annotations', object>>>;
}

function backupsOf(cluster: ClusterToMake): BackupsSettings {
  const { machines, backups } = cluster.settings;
  if (machines === undefined)
    throw problem(cluster, 'machines', 'are none: the control plane is backed up by who runs it');
  if (backups !== undefined) return backups;
  throw problem(
    cluster,
    'backups.recipients',
    'are missing: a backup holds every secret of the cluster, and is not written in plain. Make a key where the backups do not lie (age-keygen --output keelson.key), and put its public half into the application: backups: { recipients: ["age1…"] }',
  );
}

const problem = ({ name }: ClusterToMake, where: string, message: string): KeelsonError =>
  new KeelsonError(`Cluster "${name}"`, [{ where, message }]);
