import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../message-of.js';

/** Milliseconds between two looks. */
const PAUSE = 50;

/**
 * Looks again and again until `look` answers true; one that throws is one that answers false.
 * @param limits.within milliseconds
 * @param limits.check throws where there is no more use in waiting
 */
export async function waitUntil(
  look: () => Promise<boolean>,
  limits: { what: string; within: number; check: () => void; signal?: AbortSignal },
): Promise<void> {
  const { what, within, check, signal } = limits;
  let last = '';
  for (const end = Date.now() + within; Date.now() < end; await sleep(PAUSE, undefined, { signal })) {
    signal?.throwIfAborted();
    check();
    try {
      if (await look()) return;
    } catch (error) {
      last = ` (${messageOf(error)})`;
    }
  }
  throw new Error(`${what} took longer than ${within / 1000} s${last}`);
}
