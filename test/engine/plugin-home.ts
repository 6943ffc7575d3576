import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes a PULUMI_HOME that has the plugins of another, and nothing else of it.
 *
 * @returns the folder
 */
export function homeWithPluginsOf(pulumiHome: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const [plugins, own] = [join(pulumiHome, 'plugins'), join(folder, 'plugins')];
  if (existsSync(plugins) && !existsSync(own)) symlinkSync(plugins, own);
  return folder;
}
