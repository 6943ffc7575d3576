import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { cacheDirectory } from './binaries/cache.js';

/** A provider plugin of Pulumi that an engine on this machine finds. */
export interface InstalledPlugin {
  /** The PULUMI_HOME that has it. */
  readonly pulumiHome: string;
  readonly description: string;
}

/**
 * The plugin where it was installed before: by the user, or by an earlier run.
 *
 * @param name of the provider: `kubernetes`
 * @param version that our programs ask for: `4.34.2`
 */
export function installedPlugin(
  name: string,
  version: string,
  environment: NodeJS.ProcessEnv = process.env,
): InstalledPlugin | undefined {
  const own = userHome(environment);
  const onPath = (environment.PATH ?? '')
    .split(delimiter)
    .find((folder) => folder !== '' && existsSync(join(folder, `pulumi-resource-${name}`)));
  // The engine prefers it to those in its home.
  if (onPath !== undefined)
    return {
      pulumiHome: own,
      description: `Pulumi's ${name} plugin, on the PATH in ${onPath}, of whatever version it is (ours is v${version})`,
    };
  for (const pulumiHome of [own, sharedHome(environment)]) {
    // Exactly the one that our programs ask for: the engine takes no other, whatever their numbers have in common.
    const folder = join(pulumiHome, 'plugins', `resource-${name}-v${version}`);
    if (existsSync(folder) && !existsSync(`${folder}.partial`))
      return { pulumiHome, description: `Pulumi's ${name} plugin v${version}, installed` };
  }
  return undefined;
}

/** What a program that was started before answers as this provider, as `PULUMI_DEBUG_PROVIDERS` says to engines. */
export function attachedPlugin(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
): InstalledPlugin | undefined {
  const [, port] = new RegExp(`(?:^|,)${name}:(\\d+)`).exec(environment.PULUMI_DEBUG_PROVIDERS ?? '') ?? [];
  return port === undefined
    ? undefined
    : {
        pulumiHome: userHome(environment),
        description: `what listens on port ${port} for ${name}, as PULUMI_DEBUG_PROVIDERS says`,
      };
}

/** The PULUMI_HOME of what Keelson installs itself. */
export const sharedHome = (environment: NodeJS.ProcessEnv): string =>
  join(cacheDirectory(environment), 'pulumi');

const userHome = (environment: NodeJS.ProcessEnv): string =>
  environment.PULUMI_HOME ?? join(homedir(), '.pulumi');
