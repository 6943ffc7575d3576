import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something holds, and says what it waited for when it does not within four minutes. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  log: () => string | Promise<string> = () => '',
): Promise<void> {
  for (const end = Date.now() + 240_000; Date.now() < end; await sleep(500)) if (await holds()) return;
  throw new Error(`in four minutes this did not come true: ${what}\n${await log()}`);
}
