import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PulumiCommand } from '@pulumi/pulumi/automation';
import { pulumi } from '../lib/config/versions.js';
import type { Report } from '../lib/progress.js';
import { whyUnreachable } from './binaries/download.js';
import { attachedPlugin, type InstalledPlugin, installedPlugin, sharedHome } from './installed-plugin.js';
import { messageOf } from './message-of.js';

/** Pulumi's own `kubernetes` provider plugin. */
export interface KubernetesPlugin extends InstalledPlugin {
  readonly origin: 'attached' | 'installed' | 'downloaded';
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
  const attached = attachedPlugin('kubernetes', environment);
  if (attached) return { origin: 'attached', ...attached };
  const installed = installedPlugin('kubernetes', pulumi.kubernetesPlugin, environment);
  if (installed) return { origin: 'installed', ...installed };
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
