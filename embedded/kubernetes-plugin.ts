import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { PulumiCommand } from '@pulumi/pulumi/automation';
import { pulumi } from '../lib/config/versions.js';
import type { Report } from '../lib/progress.js';
import { cacheDirectory } from './binaries/cache.js';
import { whyUnreachable } from './binaries/download.js';
import { messageOf } from './message-of.js';

/** Pulumi's own `kubernetes` provider plugin. */
export interface KubernetesPlugin {
  readonly origin: 'attached' | 'installed' | 'downloaded';
  /** The PULUMI_HOME that has it. */
  readonly pulumiHome: string;
  readonly description: string;
}

export interface PluginSearch {
  readonly engine: PulumiCommand;
  readonly report: Report;
  /** @default the process' environment */
  readonly environment?: NodeJS.ProcessEnv;
  /** Where Pulumi's plugins are published, asked once whether it can be reached. @default https://get.pulumi.com/ */
  readonly publisher?: string;
}

/** The plugin, or why it cannot be had here. */
export async function findKubernetesPlugin({
  engine,
  report,
  environment = process.env,
  publisher = 'https://get.pulumi.com/',
}: PluginSearch): Promise<KubernetesPlugin | { readonly missing: string }> {
  const [, port] = /(?:^|,)kubernetes:(\d+)/.exec(environment.PULUMI_DEBUG_PROVIDERS ?? '') ?? [];
  if (port !== undefined)
    return {
      origin: 'attached',
      pulumiHome: environment.PULUMI_HOME ?? join(homedir(), '.pulumi'),
      description: `what listens on port ${port} for kubernetes, as PULUMI_DEBUG_PROVIDERS says`,
    };
  const installed = installedPlugin(environment);
  if (installed) return installed;
  const shared = sharedHome(environment);
  const unreachable = await whyUnreachable(publisher);
  if (unreachable) return { missing: unreachable };
  const version = `v${pulumi.kubernetesPlugin}`;
  report(`Downloading Pulumi's kubernetes plugin ${version} (once) …`);
  try {
    await promisify(execFile)(engine.command, ['plugin', 'install', 'resource', 'kubernetes', version], {
      env: { ...environment, PULUMI_HOME: shared },
    });
  } catch (error) {
    return { missing: messageOf(error) };
  }
  return {
    origin: 'downloaded',
    pulumiHome: shared,
    description: `Pulumi's kubernetes plugin ${version}, downloaded`,
  };
}

/** The plugin where it was installed before: by the user, or by an earlier run. */
export function installedPlugin(environment: NodeJS.ProcessEnv = process.env): KubernetesPlugin | undefined {
  const own = environment.PULUMI_HOME ?? join(homedir(), '.pulumi');
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .find((folder) => folder !== '' && existsSync(join(folder, PROGRAM)));
  // The engine prefers it to those in its home.
  if (onPath !== undefined)
    return {
      origin: 'installed',
      pulumiHome: own,
      description: `Pulumi's kubernetes plugin, on the PATH in ${onPath}, of whatever version it is (ours is v${pulumi.kubernetesPlugin})`,
    };
  const version = `v${pulumi.kubernetesPlugin}`;
  for (const pulumiHome of [own, sharedHome(environment)]) {
    // Exactly the one that our programs ask for: the engine takes no other, whatever their numbers have in common.
    const folder = join(pulumiHome, 'plugins', `resource-kubernetes-${version}`);
    if (existsSync(folder) && !existsSync(`${folder}.partial`))
      return {
        origin: 'installed',
        pulumiHome,
        description: `Pulumi's kubernetes plugin ${version}, installed`,
      };
  }
  return undefined;
}

const PROGRAM = 'pulumi-resource-kubernetes';

const sharedHome = (environment: NodeJS.ProcessEnv): string => join(cacheDirectory(environment), 'pulumi');
