import type { EngineEvent } from '@pulumi/pulumi/automation';

/** Milliseconds in which an engine that got the terminal's Ctrl-C itself has said so. */
const PATIENCE = 1000;

/**
 * Hands an abort on to the engine once. Ctrl-C reaches every process of the terminal, the engine too, and a second
 * interrupt makes it stop dead instead of finishing what is under way: so it is given a moment to show that it knows.
 */
export function forwardAbort(signal: AbortSignal | undefined): {
  readonly signal: AbortSignal;
  readonly cancelled: () => boolean;
  /** To be called with every event. */
  readonly heard: (event: EngineEvent) => void;
} {
  const engine = new AbortController();
  let knows = false;
  const forward = () => {
    setTimeout(() => {
      if (!knows) engine.abort();
    }, PATIENCE).unref();
  };
  if (signal?.aborted) engine.abort();
  signal?.addEventListener('abort', forward, { once: true });
  return {
    signal: engine.signal,
    cancelled: () => signal?.aborted ?? false,
    heard: (event) => {
      if (event.cancelEvent) knows = true;
    },
  };
}
