import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where built and downloaded binaries are kept, outside of every checkout so that all of them share one copy.
 * It may be deleted at any time.
 * @returns an absolute path: $KEELSON_CACHE, or `keelson` in the platform's folder for caches
 */
export function cacheDirectory(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.KEELSON_CACHE) return resolve(environment.KEELSON_CACHE);
  const home = environment.HOME || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'keelson');
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'keelson');
  return join(environment.XDG_CACHE_HOME || join(home, '.cache'), 'keelson');
}
