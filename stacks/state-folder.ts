import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import type { DeployOptions } from './deploy-options.js';

/** What decides where the state lies. */
export type StatePlace = Pick<DeployOptions, 'backendUrl' | 'env' | 'workDir' | 'pulumiHome'>;

/** What decides where the state of one stack lies. */
export type StackPlace = StatePlace & Pick<DeployOptions, 'synthesis' | 'stack'>;

const LOCAL = 'file://';

/**
 * The folder that holds the state, from the places in which the engine looks for it and in their order; undefined
 * where the state lies elsewhere.
 */
export function stateFolder({ backendUrl, env, workDir, pulumiHome }: StatePlace): string | undefined {
  const url =
    backendUrl ??
    env?.PULUMI_BACKEND_URL ??
    process.env.PULUMI_BACKEND_URL ??
    read<{ backend?: { url?: string } }>(join(workDir, 'Pulumi.yaml'))?.backend?.url ??
    read<{ current?: string }>(join(homeOf({ env, pulumiHome }), 'credentials.json'))?.current;
  if (!url?.startsWith(LOCAL)) return undefined;
  const path = decodeURIComponent(url.slice(LOCAL.length).split('?')[0] ?? '').replace(/^~/, homedir());
  return resolve(workDir, path.replace(/^\/([A-Za-z]:)/, '$1'));
}

/** A stack's file, in whichever form the engine keeps it; undefined where there is none to be found. */
export function stateFile(options: StackPlace): string | undefined {
  const folder = stateFolder(options);
  if (folder === undefined) return undefined;
  const plain = join(folder, '.pulumi', 'stacks', options.synthesis.application, `${options.stack}.json`);
  return [plain, `${plain}.gz`, `${plain}.zst`].find((file) => existsSync(file));
}

/** Another one whenever somebody has written a stack's file; undefined where there is none. */
export function stateVersion(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.mtimeNs} ${found.size} ${found.ino}`;
}

/** What is Keelson's own beside a stack. Not among the stacks' files: the engine takes each of those for a stack. */
export function keelsonFolder(options: StackPlace): string | undefined {
  const folder = stateFolder(options);
  return folder && join(folder, '.pulumi', 'keelson', options.synthesis.application, options.stack);
}

const homeOf = ({ env, pulumiHome }: Pick<StatePlace, 'env' | 'pulumiHome'>): string =>
  pulumiHome ?? env?.PULUMI_HOME ?? process.env.PULUMI_HOME ?? join(homedir(), '.pulumi');

/** YAML, of which JSON is a part; undefined where it cannot be read: whoever owns the file says so. */
function read<T>(file: string): T | undefined {
  try {
    return existsSync(file) ? (load(readFileSync(file, 'utf8')) as T) : undefined;
  } catch {
    return undefined;
  }
}
