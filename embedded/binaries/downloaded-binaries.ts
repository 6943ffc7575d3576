import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../message-of.js';
import type { BinarySource, Found } from './binary-source.js';
import { cacheDirectory } from './cache.js';
import { whyUnreachable } from './download.js';
import type { GoModule } from './go-modules.js';
import { withLock } from './lock.js';
import { thisPlatform } from './platform.js';
import { downloadRelease, probeUrl, RELEASE_HOSTS, type ReleaseHosts, whyNotPublished } from './releases.js';

/** What an earlier run downloaded. */
export function downloadedBefore(): BinarySource {
  return {
    name: 'downloaded before',
    async take(module, wanted) {
      const present = wanted.filter((name) => existsSync(join(releaseFolder(module), name)));
      return present.length > 0 ? found(module, present) : { refusal: '' };
    },
  };
}

/** The projects' own releases, each checked against its published SHA-256. One probe decides for all of them. */
export function officialReleases(hosts: ReleaseHosts = RELEASE_HOSTS): BinarySource {
  let closed: Promise<string | undefined> | undefined;
  return {
    name: 'official releases',
    async take(module, wanted, { report, signal }) {
      closed ??= Promise.resolve(whyNotPublished() ?? whyUnreachable(probeUrl(hosts), undefined, signal));
      const reason = await closed;
      if (reason) return { refusal: `${reason}. Run once where the network is open` };
      const folder = releaseFolder(module);
      const onWait = () => report(`Waiting for another process that downloads ${module.name} …`);
      try {
        await withLock(folder, { onWait, signal }, async () => {
          for (const name of wanted) {
            if (!existsSync(join(folder, name)))
              await downloadRelease(name, folder, { hosts, report, signal });
          }
        });
      } catch (error) {
        signal?.throwIfAborted();
        return { refusal: messageOf(error) };
      }
      return found(module, wanted);
    },
  };
}

function releaseFolder(module: GoModule): string {
  const { os, architecture } = thisPlatform();
  return join(cacheDirectory(), 'releases', `${module.name}-${module.version}-${os}-${architecture}`);
}

function found(module: GoModule, names: readonly string[]): Found {
  return {
    paths: Object.fromEntries(names.map((name) => [name, join(releaseFolder(module), name)])),
    origin: 'from their official releases',
  };
}
