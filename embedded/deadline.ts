/** A limit that `work` can put off by another full term, such as for each piece that arrives. */
interface Deadline {
  readonly signal: AbortSignal;
  postpone(): void;
}

/**
 * Runs `work` with a signal that is given after `within` milliseconds, or when the caller's is.
 * By hand, since AbortSignal.any() on Node 20 loses an AbortSignal.timeout() to the garbage collector: it never comes.
 * @throws the caller's reason, or that it took too long, whatever `work` makes of its signal
 */
export async function withDeadline<T>(
  within: number,
  signal: AbortSignal | undefined,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const late = new Error(`no answer within ${within / 1000} s`);
  const timer = setTimeout(() => controller.abort(late), within);
  const forward = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });
  try {
    return await work({ signal: controller.signal, postpone: () => timer.refresh() });
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', forward);
  }
}
