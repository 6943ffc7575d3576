import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { ApplicationSettings } from '../lib/config/application-schema.js';
import { KeelsonError } from '../lib/config/problem.js';
import { type ReducedKubeconfig, readKubeconfig } from '../stacks/kubeconfig-file.js';
import { parseSettings } from '../stacks/settings.js';
import { interruptible } from './interruptible.js';
import { isMade, withMadeAccess } from './made-access.js';
import { chooseTarget, type TargetOptions } from './target.js';

export interface AdminAccess extends ReducedKubeconfig {
  /** Where others find the API: for machines the end of a forward, which is the same in every run. */
  readonly forwarded?: string | undefined;
}

/** What is asked for by the command line, and of which application. */
interface Asked extends Omit<TargetOptions, 'env'> {
  readonly definition: Pick<ApplicationSettings, 'clusters'>;
}

/**
 * An administrator's access to a cluster for as long as `use` takes: what the options name, what Keelson knows of a
 * cluster that it made, or the settings of the cluster's stack.
 *
 * @throws KeelsonError where it is not clear which cluster is meant, or it cannot be read
 */
export async function withAdminAccess<T>(
  root: string,
  cluster: string,
  { definition, ...options }: Asked,
  use: (access: AdminAccess) => Promise<T>,
): Promise<T> {
  const { embedded, kubeconfig, context } = options;
  const named = embedded || kubeconfig !== undefined || context !== undefined;
  if (!named && isMade(definition, cluster))
    return await interruptible((signal) => withMadeAccess(cluster, signal, use));
  return await use(await (named ? fromOptions(root, cluster, options) : fromSettings(root, cluster)));
}

async function fromOptions(
  root: string,
  cluster: string,
  options: Omit<TargetOptions, 'env'>,
): Promise<ReducedKubeconfig> {
  const choice = chooseTarget(options, () => true);
  if (choice.kind === 'kubeconfig') return readKubeconfig(choice.file, choice.context);
  // Loaded where it is wanted: the control plane brings much with it.
  const { findEmbedded } = await import('./embedded-target.js');
  const found = await findEmbedded(root, cluster);
  if (found) return readKubeconfig(found.kubeconfig, found.context);
  throw new KeelsonError('The command', [
    { where: '--embedded', message: 'the embedded control plane does not run; start it: keelson up' },
  ]);
}

function fromSettings(root: string, cluster: string): ReducedKubeconfig {
  const stack = `${cluster}-cluster`;
  const file = join(root, `Pulumi.${stack}.yaml`);
  const missing = new KeelsonError('The command', [
    {
      where: '--kubeconfig, --context',
      message: `are missing, and no Pulumi.${stack}.yaml says where the cluster "${cluster}" is; name an administrator's kubeconfig and the context in it, or --embedded`,
    },
  ]);
  if (!existsSync(file)) throw missing;
  const { config = {} } = (load(readFileSync(file, 'utf8')) ?? {}) as { config?: Record<string, unknown> };
  const given = Object.entries(config).flatMap(([key, value]) => {
    const name = key.replace(/^keelson:/, '');
    return name !== key && typeof value === 'string' ? [[name, value] as const] : [];
  });
  const source = parseSettings(Object.fromEntries(given), stack).kubeconfig;
  if (typeof source === 'string' || !('file' in source)) throw missing;
  const path = source.file.startsWith('~') ? source.file : resolve(root, source.file);
  return readKubeconfig(path, source.context);
}
