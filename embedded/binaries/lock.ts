import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { codeOf } from '../message-of.js';

interface LockOptions {
  /** Called once if another process holds the lock. */
  readonly onWait: () => void;
  readonly signal?: AbortSignal;
  /** Whether somebody else who waits is to have the lock first. @default nobody */
  readonly yields?: () => boolean;
  /**
   * Milliseconds after which a lock that nobody refreshes counts as left by a killed process.
   * @default 10000
   */
  readonly staleAfter?: number;
}

/** Runs `work` while no other process that asks for the same `path` does; waits for its turn. */
export async function withLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const release = await acquire(path, options);
  try {
    return await work();
  } finally {
    // Another process has taken the lock of one that slept for long (a closed laptop): nothing to give back.
    await release().catch(() => undefined);
  }
}

async function acquire(path: string, { onWait, signal, yields, staleAfter = 10_000 }: LockOptions) {
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      // What is done under a lock ends in a rename, so doing it twice is waste and no damage.
      if (!yields?.())
        return await lock(path, { realpath: false, stale: staleAfter, onCompromised: () => undefined });
    } catch (error) {
      if (codeOf(error) !== 'ELOCKED') throw error;
    }
    if (attempt === 0) onWait();
    await sleep(250, undefined, { signal });
  }
}
