import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, isApiError } from './api-error.js';
import { type Target, UnknownKindError } from './discovery.js';
import { locate, type Operation, waitOptions } from './operation.js';
import { describeObject, list, type Properties, text } from './property-values.js';
import { waitUntilReady } from './wait.js';
import { mustForce, previewed, toWire } from './wire.js';

/**
 * Creates the object and waits until it is ready.
 * @returns undefined where a preview cannot be had: kind or namespace do not exist yet, or the object still does
 * @throws ApiError; NotReadyError once the object is there
 */
export async function createObject(
  operation: Operation,
  inputs: Properties,
  fieldManager: string,
  preview: boolean,
): Promise<Properties | undefined> {
  const name = describeObject(inputs);
  if (preview) {
    try {
      const target = await locate(operation, inputs, 2);
      return previewed(await write(operation, inputs, target, fieldManager, true), inputs);
    } catch (error) {
      const unforeseeable = error instanceof ApiError && [0, 403, 404, 409].includes(error.code);
      if (error instanceof UnknownKindError || unforeseeable) return undefined;
      throw error instanceof ApiError ? error.about('create', name) : error;
    }
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const target = await locate(operation, inputs);
      const made = await write(operation, inputs, target, fieldManager, false);
      return operation.token.patch
        ? made
        : await waitUntilReady(inputs, made, waitOptions(operation, target));
    } catch (error) {
      const early = error instanceof UnknownKindError || isApiError(error, 404);
      if (early && attempt < 6) {
        operation.configuration.discovery.forget(operation.token.apiVersion);
        operation.log.status(`trying again: ${error.message}`);
        await sleep(250 * 2 ** attempt, undefined, { signal: operation.signal });
        continue;
      }
      if (error instanceof UnknownKindError) throw new Error(`cannot create ${name}: ${error.message}`);
      throw error instanceof ApiError ? error.about('create', name) : error;
    }
  }
}

async function write(
  operation: Operation,
  inputs: Properties,
  target: Target,
  fieldManager: string,
  preview: boolean,
): Promise<Properties> {
  const { configuration, token, signal, log } = operation;
  const body = toWire(inputs, token, target);
  const dryRun: Record<string, string> = preview ? { dryRun: 'All' } : {};
  const common = {
    body,
    signal,
    onWarning: (message: string) => log.warn(message),
    ...(preview && { tries: 2 }),
  };
  if (token.patch || configuration.upsertExistingObjects) {
    const force = mustForce(inputs, configuration.enablePatchForce);
    return configuration.client.request('PATCH', target.path, {
      ...common,
      query: { fieldManager, force: String(force), ...dryRun },
      contentType: 'application/apply-patch+yaml',
    });
  }
  try {
    return await configuration.client.request('POST', target.collection, {
      ...common,
      query: { fieldManager, ...dryRun },
    });
  } catch (error) {
    if (!isApiError(error, 409) || !error.ambiguous) throw error;
    // The answer to an earlier try may have been lost: then the object is ours.
    const anyway = AbortSignal.timeout(10_000);
    const live = await configuration.client.request('GET', target.path, { signal: anyway });
    const managers = list(live, 'metadata', 'managedFields').map((entry) => text(entry, 'manager'));
    if (!managers.includes(fieldManager)) throw error;
    return live;
  }
}
