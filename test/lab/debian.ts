import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../../embedded/binaries/cache.js';
import { withLock } from '../../embedded/binaries/lock.js';
import type { Report } from '../../lib/progress.js';
import { packageNames } from './debian-names.js';

const run = promisify(execFile);

/** As Debian itself has them since its directories were merged; packages still say `/bin/sh`. */
const MERGED = ['bin', 'sbin', 'lib', 'lib64'];

/**
 * Folder with the files of packages, unpacked and not installed. Which versions these are is this machine's `apt` to
 * say: it checks their signatures, and their checksums name the folder.
 *
 * @param wanted names in Debian 12
 */
export async function unpackPackages(wanted: readonly string[], report: Report): Promise<string> {
  const packages = await packageNames(wanted);
  const { stdout } = await run('apt-get', ['--print-uris', 'download', ...packages]).catch((error: Error) => {
    throw new Error(
      `apt knows no packages ${packages.join(', ')}; run apt-get update first: ${error.message}`,
    );
  });
  const key = createHash('sha256').update(stdout).digest('hex').slice(0, 16);
  const target = join(cacheDirectory(), 'lab', `debian-${key}`);
  if (existsSync(target)) return target;
  await withLock(target, { onWait: () => report('Waiting for another download of packages …') }, async () => {
    if (existsSync(target)) return;
    const workplace = `${target}.partial`;
    await rm(workplace, { recursive: true, force: true });
    await mkdir(join(workplace, 'root', 'usr'), { recursive: true });
    report(`Fetching ${packages.length} Debian packages (${packages.slice(0, 3).join(', ')} …)`);
    const asRoot = ['-o', 'APT::Sandbox::User=root'];
    await run('apt-get', [...asRoot, 'download', '--quiet', ...packages], { cwd: workplace });
    for (const name of MERGED) {
      await mkdir(join(workplace, 'root', 'usr', name));
      await symlink(`usr/${name}`, join(workplace, 'root', name));
    }
    for (const file of (await readdir(workplace)).filter((name) => name.endsWith('.deb')).sort()) {
      const unpack = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C root';
      await run('bash', ['-euo', 'pipefail', '-c', unpack, 'bash', file], { cwd: workplace });
    }
    await mkdir(dirname(target), { recursive: true });
    await rename(join(workplace, 'root'), target);
    await rm(workplace, { recursive: true });
  });
  return target;
}
