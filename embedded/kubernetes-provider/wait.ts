import type { ApiClient } from './api-client.js';
import { messageOf } from './api-error.js';
import type { Target } from './discovery.js';
import type { EngineLog } from './engine-log.js';
import { explainUnready } from './explain.js';
import { observe } from './observe.js';
import { describeObject, list, type Properties, pulumiAnnotation, text } from './property-values.js';
import { readinessOf } from './readiness.js';
import { waitForAnnotation } from './wait-for.js';

export interface WaitOptions {
  readonly client: ApiClient;
  readonly target: Target;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  readonly log: EngineLog;
  /** From customTimeouts. @default 0: the annotation pulumi.com/timeoutSeconds, else 600 */
  readonly timeoutSeconds: number;
}

/** The object is there, but did not become ready (or did not go away): the engine keeps it, with these reasons. */
export class NotReadyError extends Error {
  readonly reasons: readonly string[];
  constructor(
    headline: string,
    readonly live: Properties,
    details: readonly string[],
  ) {
    super([headline, ...details.map((detail) => `  ${detail}`)].join('\n'));
    this.name = 'NotReadyError';
    this.reasons = [headline, ...details];
  }
}

function limitOf(inputs: Properties, options: WaitOptions) {
  const seconds = options.timeoutSeconds || Number(pulumiAnnotation(inputs, 'timeoutSeconds')) || 600;
  const limit = AbortSignal.timeout(Math.min(seconds * 1000, 2 ** 31 - 1));
  return { seconds, signal: AbortSignal.any([options.signal, limit]), limit };
}

/**
 * Waits until what was just applied is ready, and resolves with its last state.
 * @throws NotReadyError when it failed, was deleted, took too long, or the engine cancelled
 */
export async function waitUntilReady(
  inputs: Properties,
  applied: Properties,
  options: WaitOptions,
): Promise<Properties> {
  if (pulumiAnnotation(inputs, 'skipAwait') === 'true') return applied;
  const check = waitForAnnotation(inputs) ?? readinessOf(applied);
  if (!check) return applied;
  const { client, target, log } = options;
  const { seconds, signal, limit } = limitOf(inputs, options);
  const name = describeObject(applied);
  const pollMs = text(applied, 'kind') === 'Service' ? 300 : undefined;
  let live = applied;
  let message = '';
  const fail = async (how: string) =>
    new NotReadyError(`${name} ${how}: ${message}`, live, await explainUnready(client, target, live));
  try {
    for await (const state of observe(client, target, signal, applied, pollMs)) {
      if (state === undefined) throw await fail('was deleted by somebody else while waiting');
      live = state;
      const progress = await check(live, { client, signal });
      if (progress === true) return live;
      if (progress.message !== message) log.status(`waiting: ${progress.message}`);
      message = progress.message;
      if (progress.failed) throw await fail('is there, but will not become ready');
    }
  } catch (error) {
    if (options.signal.aborted)
      throw new NotReadyError(`${name}: waiting was cancelled: ${message}`, live, []);
    if (limit.aborted) throw await fail(`is there, but did not become ready within ${seconds} s`);
    if (error instanceof NotReadyError) throw error;
    message = messageOf(error);
    throw await fail('is there, but it cannot be seen whether it is ready');
  }
  return live;
}

/**
 * Waits until the object is gone.
 * @throws NotReadyError naming the finalizers that keep it
 */
export async function waitUntilGone(
  inputs: Properties,
  deleting: Properties,
  options: WaitOptions,
): Promise<void> {
  const { seconds, signal, limit } = limitOf(inputs, options);
  const uid = text(deleting, 'metadata', 'uid');
  let live = deleting;
  try {
    for await (const state of observe(options.client, options.target, signal, deleting)) {
      if (state === undefined || text(state, 'metadata', 'uid') !== uid) return;
      live = state;
    }
  } catch (error) {
    const name = describeObject(live);
    if (options.signal.aborted)
      throw new NotReadyError(`${name}: waiting for its end was cancelled`, live, []);
    if (!limit.aborted) throw error;
    const conditions = list(live, 'status', 'conditions').map((item) => text(item, 'message'));
    const finalizers = live.metadata && JSON.stringify(Object(live.metadata).finalizers ?? []);
    throw new NotReadyError(
      `${name} is still there ${seconds} s after its deletion began; it waits for its finalizers ${finalizers}. ` +
        'Let the controllers that set them run, or remove them.',
      live,
      conditions.filter((message) => message !== ''),
    );
  }
}
