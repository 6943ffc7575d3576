import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { KeelsonError } from '../lib/config/problem.js';
import { type ReducedKubeconfig, readKubeconfig } from '../stacks/kubeconfig-file.js';
import { parseSettings } from '../stacks/settings.js';
import { chooseTarget, type TargetOptions } from './target.js';

/**
 * An administrator's access to a cluster: what the options name, or the settings of the cluster's stack.
 *
 * @throws KeelsonError where it is not clear which cluster is meant, or it cannot be read
 */
export async function adminAccess(
  root: string,
  cluster: string,
  options: Omit<TargetOptions, 'env'>,
): Promise<ReducedKubeconfig> {
  const { embedded, kubeconfig, context } = options;
  if (!embedded && kubeconfig === undefined && context === undefined) return fromSettings(root, cluster);
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
