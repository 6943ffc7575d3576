import { status } from '@grpc/grpc-js';

let listening = false;

/**
 * Keeps this process alive when an engine that has just given up is still told something: the SDK's calls are rejected
 * then, after it has stopped to listen for that, and Node would end the process before anybody read why the run failed.
 * Whatever else is rejected and not handled ends the process as before.
 *
 * It stays for good: nothing says when the last of these calls comes back.
 */
export function forgiveLateCalls(): void {
  if (listening) return;
  listening = true;
  process.on('unhandledRejection', (error) => {
    if (isEngineGone(error)) return;
    // With a listener Node leaves it at that; somebody else's listener decides, or it is thrown as if there were none.
    if (process.listenerCount('unhandledRejection') === 1) throw error;
  });
}

/** What a call over gRPC is rejected with when the other side has ended. */
function isEngineGone(error: unknown): boolean {
  if (!(error instanceof Error) || !('metadata' in error)) return false;
  const { code } = error as { readonly code?: unknown };
  return code === status.UNAVAILABLE || code === status.CANCELLED;
}
