import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { version } from '@pulumi/pulumi/version';
import type { SourceOptions } from './binaries/binary-source.js';
import { cacheDirectory } from './binaries/cache.js';
import { whyUnreachable } from './binaries/download.js';
import { withLock } from './binaries/lock.js';
import { cleaningUpOnExit } from './control-plane/interruption.js';
import { killGroup } from './control-plane/processes.js';
import { withDeadline } from './deadline.js';

const PUBLISHER = 'https://get.pulumi.com/install.sh';

/** Milliseconds after which an installation that hangs is given up. */
const PATIENCE = 600_000;

/** The version that belongs to the installed npm package. */
const releaseFolder = () => join(cacheDirectory(), 'releases', `pulumi-v${version}`);

/** The folder of an engine that was installed before, with `bin/pulumi` in it. */
export function findPulumiRelease(): string | undefined {
  return existsSync(releaseFolder()) ? releaseFolder() : undefined;
}

/**
 * Lets the official npm package install its engine into the cache: whole, or not at all.
 * @throws where the publisher cannot be reached within seconds, or the installation fails
 */
export async function installPulumiRelease(
  { report, signal }: SourceOptions,
  publisher: string = PUBLISHER,
): Promise<string> {
  const closed = await whyUnreachable(publisher, undefined, signal);
  if (closed) throw new Error(closed);
  const target = releaseFolder();
  const onWait = () => report('Waiting for another process that installs Pulumi …');
  return await withLock(target, { onWait, signal }, async () => {
    if (existsSync(target)) return target;
    const partial = `${target}.partial`;
    try {
      await rm(partial, { recursive: true, force: true });
      await mkdir(dirname(target), { recursive: true });
      report(`Downloading Pulumi v${version} (once) …`);
      await runInstaller(partial, signal);
      await rename(partial, target);
      return target;
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  });
}

/** In a process group of its own: the package runs a shell script that runs curl and tar, and offers no way to end it. */
async function runInstaller(root: string, signal: AbortSignal | undefined): Promise<void> {
  const script = 'require(process.argv[1]).PulumiCommand.install({ root: process.argv[2] })';
  const args = ['-e', script, require.resolve('@pulumi/pulumi/automation'), root];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-1_000);
  });
  const end = () => {
    if (child.pid) killGroup(child.pid);
  };
  await withDeadline(PATIENCE, signal, async (deadline) => {
    deadline.signal.addEventListener('abort', end, { once: true });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const code = await cleaningUpOnExit(end, () => ended);
    if (code !== 0) throw new Error(`its installation failed: ${output.trim()}`);
  });
}
