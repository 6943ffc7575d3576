import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from './api-client.js';
import type { Target } from './discovery.js';
import { type Properties, text } from './property-values.js';

/**
 * The states of one object as they come: `start` (or the present one) first, undefined once it is gone, which ends it.
 * @param pollMs asks again at this interval instead of watching, for what depends on other objects, too
 */
export async function* observe(
  client: ApiClient,
  target: Target,
  signal: AbortSignal,
  start?: Properties,
  pollMs?: number,
): AsyncGenerator<Properties | undefined> {
  for (let live = start; ; live = undefined) {
    live ??= await client.find(target.path, signal);
    yield live;
    if (live === undefined) return;
    if (pollMs !== undefined) {
      await sleep(pollMs, undefined, { signal });
      continue;
    }
    try {
      const query = {
        fieldSelector: `metadata.name=${target.name}`,
        resourceVersion: text(live, 'metadata', 'resourceVersion'),
      };
      for await (const event of client.watch(target.collection, query, signal)) {
        if (event.type === 'ERROR') break;
        if (event.type === 'DELETED') {
          yield undefined;
          return;
        }
        if (event.type !== 'BOOKMARK') yield event.object;
      }
    } catch {
      signal.throwIfAborted();
      await sleep(500, undefined, { signal });
    }
  }
}
