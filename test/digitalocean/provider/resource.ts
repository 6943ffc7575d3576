import { setTimeout as sleep } from 'node:timers/promises';
import type { Properties } from '../../../embedded/kubernetes-provider/property-values.js';
import type { JsonObject } from '../simulator/json.js';
import type { ApiClient } from './api-client.js';

/** What every operation needs besides the resource. */
export interface Context {
  readonly api: ApiClient;
  /** Spaces as the provider resource is configured; its URL has the region's place filled in by the caller. */
  readonly spaces: { readonly endpoint: string; readonly accessId: string };
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  /** Milliseconds between two questions. */
  readonly pollEvery: number;
  /** From customTimeouts, or the default. */
  readonly timeoutSeconds: number;
}

export interface Live {
  readonly id: string;
  readonly outputs: Properties;
}

/** One type of resource. Properties are the SDK's, without secret marks. */
export interface Resource {
  readonly create: (context: Context, inputs: Properties) => Promise<Live>;
  /** Undefined where it is gone. */
  readonly read: (context: Context, id: string, state: Properties) => Promise<Live | undefined>;
  readonly update: (context: Context, id: string, before: Properties, after: Properties) => Promise<Live>;
  readonly remove: (context: Context, id: string, state: Properties) => Promise<void>;
}

/** It is there, but not as it should be: the state keeps it, and the next run goes on from there. */
export class UnfinishedError extends Error {
  constructor(
    message: string,
    readonly live: Live,
  ) {
    super(message);
    this.name = 'UnfinishedError';
  }
}

/** Asks until the answer is there. @throws Error that names `what` when the time is over, or the engine cancels */
export async function waitFor<T>(
  context: Context,
  what: string,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + context.timeoutSeconds * 1000;
  for (;;) {
    context.signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() >= end)
      throw new Error(`timeout while waiting for ${what} (timeout: ${context.timeoutSeconds}s)`);
    await sleep(context.pollEvery);
  }
}

/** Waits until an action is completed. */
export async function completed(context: Context, answer: JsonObject): Promise<void> {
  const { id, type } = answer.action as JsonObject;
  await waitFor(context, `action ${type}`, async () => {
    const { action } = await context.api.request('GET', `/v2/actions/${id}`);
    return (action as JsonObject).completed_at ?? undefined;
  });
}

/** As the bridge of Pulumi's plugin begins, which has the URN where this has type and identifier. */
export const gone = (type: string, id: string): Error =>
  new Error(`Resource provider reported that the resource did not exist while updating ${type}::${id}.`);
