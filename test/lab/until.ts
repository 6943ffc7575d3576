import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds within which everything must have happened by itself: many times what a busy machine takes. */
const PATIENCE = 600_000;

/** Looks again and again until it is so. @param what that is waited for, for the error */
export async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + PATIENCE; !(await look()); await sleep(500))
    if (Date.now() > end) throw new Error(`${what}: not within ${PATIENCE / 60_000} minutes`);
}
