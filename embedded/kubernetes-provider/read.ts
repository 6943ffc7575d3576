import { ApiError, isApiError } from './api-error.js';
import { UnknownKindError } from './discovery.js';
import { inputsFromForeign, inputsFromLive } from './drift.js';
import { explainUnready } from './explain.js';
import { locateNamed, type Operation } from './operation.js';
import { describeObject, type Properties, pulumiAnnotation, text } from './property-values.js';
import { readinessOf } from './readiness.js';
import { parseId } from './resource-token.js';

export interface Reading {
  readonly live: Properties;
  readonly inputs: Properties;
  /** Why the object is not ready now; empty where it is. */
  readonly troubles: readonly string[];
}

/**
 * Reads the object for a refresh, or for an import where `inputs` are empty.
 * @returns undefined where it is gone
 * @throws ApiError
 */
export async function readObject(
  operation: Operation,
  id: string,
  inputs: Properties,
  state: Properties,
): Promise<Reading | undefined> {
  const { configuration, token, signal } = operation;
  const { client } = configuration;
  const { name, namespace } = parseId(id);
  try {
    const target = await locateNamed(operation, name, namespace || configuration.namespace);
    const live = await client.find(target.path, signal);
    if (live === undefined) return undefined;
    if (Object.keys(inputs).length === 0) return { live, inputs: inputsFromForeign(live), troubles: [] };
    const check =
      pulumiAnnotation(inputs, 'skipAwait') === 'true' || token.patch ? undefined : readinessOf(live);
    const progress = (await check?.(live, { client, signal })) ?? true;
    const troubles =
      progress === true
        ? []
        : [`${describeObject(live)}: ${progress.message}`, ...(await explainUnready(client, target, live))];
    return { live, inputs: inputsFromLive(inputs, state, live), troubles };
  } catch (error) {
    if (error instanceof UnknownKindError) return undefined;
    if (isApiError(error, 0) && configuration.deleteUnreachable) return undefined;
    throw error instanceof ApiError
      ? error.about('read', `${text(inputs, 'kind') || token.kind} "${id}"`)
      : error;
  }
}
