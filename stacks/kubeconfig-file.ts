import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { load } from 'js-yaml';
import { didYouMean, KeelsonError, listed } from '../lib/config/problem.js';

/** A kubeconfig reduced to one context. */
export interface ReducedKubeconfig {
  /** JSON, which is YAML as well: with credentials, so a secret. */
  readonly content: string;
  /** Stays the same as long as the cluster does; no secret. */
  readonly identity: string;
}

interface Named {
  readonly name: string;
}
interface Cluster extends Named {
  readonly cluster: Readonly<Record<string, unknown>>;
}
interface User extends Named {
  readonly user: Readonly<Record<string, unknown>>;
}
interface Context extends Named {
  readonly context: { readonly cluster: string; readonly user: string; readonly namespace?: string };
}
interface KubeconfigFile {
  readonly clusters?: readonly Cluster[];
  readonly users?: readonly User[];
  readonly contexts?: readonly Context[];
}

/** Fields that name a file, beside the field that holds the same in place. */
const INLINED = {
  'certificate-authority': 'certificate-authority-data',
  'client-certificate': 'client-certificate-data',
  'client-key': 'client-key-data',
};

/**
 * Reads one context of a kubeconfig and drops every other user, cluster and context, so that a stack can reach no
 * cluster but its own. Certificates in files beside it are taken in; plugins (`exec`) stay as they are.
 *
 * @param file `~` is the home folder; else relative to the working directory
 * @throws KeelsonError where the file, the context, or what the context names is not there.
 */
export function readKubeconfig(file: string, context: string): ReducedKubeconfig {
  const path = resolve(file.replace(/^~(?=\/|$)/, homedir()));
  const fail = (where: string, message: string): never => {
    throw new KeelsonError(`Kubeconfig ${path}`, [{ where, message }]);
  };
  if (!existsSync(path)) fail('', 'does not exist; name the file that holds your cluster, or write it there');
  const config = parse(path, fail);
  const find = <T extends Named>(items: readonly T[] | undefined, kind: string, name: string): T => {
    const names = (items ?? []).map((item) => item.name);
    const found = items?.find((item) => item.name === name);
    return (
      found ??
      fail(kind, `there is no "${name}"${didYouMean(name, names) || ';'} the file has: ${listed(names)}`)
    );
  };
  const chosen = find(config.contexts, 'context', context);
  const { cluster } = find(config.clusters, `context ${context}: cluster`, chosen.context.cluster);
  const { user } = find(config.users, `context ${context}: user`, chosen.context.user);
  const inlined = inline(cluster, dirname(path), fail);
  const content = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: chosen.context.cluster, cluster: inlined }],
    users: [
      { name: chosen.context.user, user: absoluteExec(inline(user, dirname(path), fail), dirname(path)) },
    ],
    contexts: [chosen],
    'current-context': context,
  });
  return { content, identity: clusterIdentity(content) };
}

/**
 * What tells a cluster from another: its certificate authority, which outlives addresses and credentials; the address
 * where the authority is a public one.
 */
export function clusterIdentity(content: string): string {
  const cluster = (load(content) as KubeconfigFile | undefined)?.clusters?.[0]?.cluster ?? {};
  const fact = cluster['certificate-authority-data'] ?? cluster.server ?? '';
  return createHash('sha256').update(`${fact}`).digest('hex').slice(0, 16);
}

/** The same access through another address, such as that of a forward. */
export function withServer(kubeconfig: string, server: string): string {
  const config = JSON.parse(kubeconfig) as { clusters: readonly { cluster: object }[] };
  const clusters = config.clusters.map((one) => ({ ...one, cluster: { ...one.cluster, server } }));
  return JSON.stringify({ ...config, clusters });
}

function parse(path: string, fail: (where: string, message: string) => never): KubeconfigFile {
  try {
    const config = load(readFileSync(path, 'utf8'));
    if (typeof config === 'object' && config !== null) return config;
  } catch (error) {
    // The message of the parser quotes the file, which holds credentials.
    return fail(
      '',
      `cannot be read as YAML (${error instanceof Error ? error.name : 'unknown error'}); check the file`,
    );
  }
  return fail('', 'is no kubeconfig; expected clusters, users and contexts');
}

function inline(
  fields: Readonly<Record<string, unknown>>,
  folder: string,
  fail: (where: string, message: string) => never,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...fields };
  for (const [field, data] of Object.entries(INLINED)) {
    const file = result[field];
    if (typeof file !== 'string') continue;
    const path = resolve(folder, file);
    if (!existsSync(path)) fail(field, `names ${path}, which does not exist`);
    result[data] ??= readFileSync(path).toString('base64');
    delete result[field];
  }
  return result;
}

/** kubectl takes a command with a slash relative to the file. */
function absoluteExec(user: Record<string, unknown>, folder: string): Record<string, unknown> {
  const exec = user.exec as { command?: string } | undefined;
  return exec?.command?.includes('/')
    ? { ...user, exec: { ...exec, command: resolve(folder, exec.command) } }
    : user;
}
