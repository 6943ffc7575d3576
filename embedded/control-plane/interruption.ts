import { onExit } from 'signal-exit';

/**
 * Runs `cleanUp` (synchronously) if this process exits or is ended by a signal while `work` goes on, as by Ctrl-C: what
 * runs in a session of its own would not notice. Whoever listens to the signal himself is left to abort the work.
 */
export async function cleaningUpOnExit<T>(cleanUp: () => void, work: () => Promise<T>): Promise<T> {
  const remove = onExit(cleanUp);
  try {
    return await work();
  } finally {
    remove();
  }
}
